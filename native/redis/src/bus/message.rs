//! The bytes of a message on a channel.
//!
//! A version (`1`), what it is (`k` keys, `t` tags, `p` patterns, `e` everything; `T` and `P` with
//! [`Mode::Expire`]), the origin in 16 bytes, the namespace, and the texts. The namespace and each text have
//! their length before them, and the texts their number; these numbers are LEB128. Nothing follows.

use cachefn_core::{Invalidation, Message, Mode};

/// Of messages as they are written here. Another one is not understood.
const VERSION: u8 = 1;

/// What is longer goes in several messages: a server drops those who do not read megabytes at once.
const LONGEST: usize = 64 << 10;

/// What nobody can understand who speaks this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Garbled;

/// One message, in one piece or several that say the same together.
pub(crate) fn encode(message: &Message) -> Vec<Vec<u8>> {
    let (kind, texts): (u8, &[String]) = match &message.what {
        Invalidation::Keys(keys) => (b'k', keys),
        Invalidation::Tags(tags, Mode::Remove) => (b't', tags),
        Invalidation::Tags(tags, Mode::Expire) => (b'T', tags),
        Invalidation::Patterns(patterns, Mode::Remove) => (b'p', patterns),
        Invalidation::Patterns(patterns, Mode::Expire) => (b'P', patterns),
        Invalidation::Everything => return vec![piece(message, b'e', &[])],
        // A later core says what this file does not know. It concerns nobody but those who share the tags.
        _ => {
            let scope = message.namespace.split('/').next().unwrap_or_default();
            let all = Message::new(scope, message.origin, Invalidation::Everything);
            return vec![piece(&all, b'e', &[])];
        }
    };
    pieces(texts).map(|texts| piece(message, kind, texts)).collect()
}

/// What the bytes say.
///
/// # Errors
/// When they are of another version, or of nobody's.
pub(crate) fn decode(bytes: &[u8]) -> Result<Message, Garbled> {
    let mut rest = Reader(bytes);
    if rest.byte()? != VERSION {
        return Err(Garbled);
    }
    let kind = rest.byte()?;
    let origin = u128::from_le_bytes(rest.take(16)?.try_into().map_err(|_| Garbled)?);
    let namespace = rest.text()?;
    let texts = rest.texts()?;
    if !rest.0.is_empty() {
        return Err(Garbled);
    }
    let what = match kind {
        b'k' => Invalidation::Keys(texts),
        b't' => Invalidation::Tags(texts, Mode::Remove),
        b'T' => Invalidation::Tags(texts, Mode::Expire),
        b'p' => Invalidation::Patterns(texts, Mode::Remove),
        b'P' => Invalidation::Patterns(texts, Mode::Expire),
        b'e' if texts.is_empty() => Invalidation::Everything,
        _ => return Err(Garbled),
    };
    Ok(Message::new(namespace, origin, what))
}

/// The texts in runs that are not too long, one of them at least.
fn pieces(texts: &[String]) -> impl Iterator<Item = &[String]> {
    let (mut rest, mut is_first) = (texts, true);
    std::iter::from_fn(move || {
        if rest.is_empty() && !is_first {
            return None;
        }
        is_first = false;
        let mut length = 0;
        let fits = rest.iter().take_while(|text| {
            length += text.len();
            length <= LONGEST
        });
        let (piece, others) = rest.split_at(fits.count().max(1).min(rest.len()));
        rest = others;
        Some(piece)
    })
}

fn piece(message: &Message, kind: u8, texts: &[String]) -> Vec<u8> {
    let mut bytes = vec![VERSION, kind];
    bytes.extend_from_slice(&message.origin.to_le_bytes());
    write_text(&mut bytes, &message.namespace);
    write_number(&mut bytes, texts.len());
    texts.iter().for_each(|text| write_text(&mut bytes, text));
    bytes
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    write_number(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

fn write_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// What is left to read.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], Garbled> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Garbled)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Garbled> {
        self.take(1).map(|byte| byte[0])
    }

    /// A number of 32 bits at most.
    fn number(&mut self) -> Result<usize, Garbled> {
        let mut number = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte == 0 && shift > 0 {
                return Err(Garbled); // nobody writes it longer than it is
            }
            if byte < 0x80 {
                return u32::try_from(number).map(|number| number as usize).map_err(|_| Garbled);
            }
        }
        Err(Garbled)
    }

    fn text(&mut self) -> Result<String, Garbled> {
        let length = self.number()?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map(String::from).map_err(|_| Garbled)
    }

    fn texts(&mut self) -> Result<Vec<String>, Garbled> {
        let number = self.number()?;
        // Each has a byte at least, so that no number makes room for what is not there.
        if number > self.0.len() {
            return Err(Garbled);
        }
        (0..number).map(|_| self.text()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| text.to_string()).collect()
    }

    /// One of every kind.
    fn messages() -> Vec<Message> {
        let texts = owned(&["", "user:7", "é\0*[", &"x".repeat(300)]);
        let whats = [
            Invalidation::Keys(texts.clone()),
            Invalidation::Keys(vec![]),
            Invalidation::Tags(texts.clone(), Mode::Remove),
            Invalidation::Tags(texts.clone(), Mode::Expire),
            Invalidation::Patterns(texts.clone(), Mode::Remove),
            Invalidation::Patterns(texts, Mode::Expire),
            Invalidation::Everything,
        ];
        whats.into_iter().map(|what| Message::new("shop/users", u128::MAX - 7, what)).collect()
    }

    #[test]
    fn s_35_every_message_comes_back_from_its_bytes() {
        for message in messages() {
            let pieces = encode(&message);
            assert_eq!(pieces.len(), 1);
            assert_eq!(decode(&pieces[0]), Ok(message));
        }
    }

    #[test]
    fn s_35_the_bytes_are_those_that_every_version_one_wrote() {
        let message = Message::new("n", 0x0102, Invalidation::Keys(owned(&["a", "bc"])));
        let mut expected = b"\x01k\x02\x01".to_vec();
        expected.extend([0; 14]);
        expected.extend(b"\x01n\x02\x01a\x02bc");
        assert_eq!(encode(&message), [expected]);
    }

    #[test]
    fn s_35_a_long_message_goes_in_pieces_that_say_the_same() {
        let texts: Vec<String> = (0..1_000).map(|n| format!("{n}{}", "x".repeat(1_000))).collect();
        let one = "y".repeat(LONGEST + 1);
        let texts = [vec![one.clone()], texts, vec![one]].concat();
        let pieces = encode(&Message::new("n", 7, Invalidation::Keys(texts.clone())));
        assert!(pieces.len() > 10, "{}", pieces.len());
        let mut told = Vec::new();
        for piece in pieces {
            assert!(piece.len() < LONGEST + 4_000, "{}", piece.len());
            let Invalidation::Keys(keys) = decode(&piece).unwrap().what else { panic!("keys") };
            told.extend(keys);
        }
        assert_eq!(told, texts);
    }

    #[test]
    fn s_35_bytes_that_are_cut_changed_or_of_another_version_are_never_taken_for_more_than_they_say()
     {
        for message in messages() {
            let bytes = encode(&message).remove(0);
            for end in 0..bytes.len() {
                assert_eq!(decode(&bytes[..end]), Err(Garbled), "{end} of {message:?}");
            }
            assert_eq!(decode(&[&bytes[..], b"x"].concat()), Err(Garbled));
            for version in (0..=255).filter(|version| *version != VERSION) {
                assert_eq!(decode(&[&[version], &bytes[1..]].concat()), Err(Garbled));
            }
            for at in 0..bytes.len() {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[at] ^= 1 << bit;
                    // What can be read at all is written the same again: nothing was passed over.
                    if let Ok(read) = decode(&changed) {
                        assert_eq!(encode(&read), [changed], "bit {bit} of byte {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn h_30_numbers_that_promise_gigabytes_take_no_room() {
        let head = [&[VERSION, b'k'][..], &[0; 16], &[0]].concat();
        for number in [&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F][..], &[0xFF; 10], &[0x80; 6]] {
            assert_eq!(decode(&[&head[..], number].concat()), Err(Garbled));
            assert_eq!(decode(&[&head[..], &[1], number].concat()), Err(Garbled));
        }
    }
}
