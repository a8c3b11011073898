//! What a log keeps, and its bytes.

use bytes::Bytes;
use cachefn_core::{Invalidation, Message, Mode, Token};

use super::wire::{Reader, put_bytes, put_list};

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Logged {
    /// A record is to be kept: for so many milliseconds after it was written, by the wall clock.
    Put { name: Bytes, record: Bytes, written: u64, life: Option<u64>, tokens: Vec<Bytes> },
    /// A name is to be deleted.
    Gone { name: Bytes },
    /// A token is to be replaced; the one that was known before.
    Token { name: Bytes, token: Token, known: Option<Token> },
    /// This record is to be deleted if it is still there.
    TakeBack { name: Bytes, record: Bytes },
    /// What is above under this name is not to be done.
    Nothing { name: Bytes },
    /// Other caches are to be told, over the bus of this number.
    Message { bus: u32, message: Message },
    /// Everything up to this number is done.
    Accepted { until: u64 },
}

impl Logged {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Logged::Put { name, record, written, life, tokens } => {
                out.push(1);
                put_bytes(out, name);
                out.extend_from_slice(&written.to_le_bytes());
                out.push(u8::from(life.is_some()));
                life.iter().for_each(|life| out.extend_from_slice(&life.to_le_bytes()));
                put_list(out, tokens);
                put_bytes(out, record);
            }
            Logged::Gone { name } => {
                out.push(2);
                put_bytes(out, name);
            }
            Logged::Token { name, token, known } => {
                out.push(3);
                put_bytes(out, name);
                out.extend_from_slice(&token.0);
                out.push(u8::from(known.is_some()));
                known.iter().for_each(|known| out.extend_from_slice(&known.0));
            }
            Logged::TakeBack { name, record } => {
                out.push(4);
                put_bytes(out, name);
                put_bytes(out, record);
            }
            Logged::Nothing { name } => {
                out.push(5);
                put_bytes(out, name);
            }
            Logged::Message { bus, message } => {
                out.push(6);
                out.extend_from_slice(&bus.to_le_bytes());
                out.extend_from_slice(&message.origin.to_le_bytes());
                put_bytes(out, message.namespace.as_bytes());
                encode_what(&message.what, out);
            }
            Logged::Accepted { until } => {
                out.push(7);
                out.extend_from_slice(&until.to_le_bytes());
            }
        }
    }

    /// The name that it concerns.
    pub(crate) fn into_name(self) -> Option<Bytes> {
        match self {
            Logged::Put { name, .. }
            | Logged::Gone { name }
            | Logged::Token { name, .. }
            | Logged::TakeBack { name, .. }
            | Logged::Nothing { name } => Some(name),
            Logged::Message { .. } | Logged::Accepted { .. } => None,
        }
    }

    /// What exactly these bytes stand for.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let logged = decode(&mut reader)?;
        reader.0.is_empty().then_some(logged)
    }
}

fn decode(reader: &mut Reader<'_>) -> Option<Logged> {
    Some(match reader.byte()? {
        1 => {
            let (name, written) = (reader.bytes()?, reader.u64()?);
            let (life, tokens) = (reader.option(Reader::u64)?, reader.list(Reader::bytes)?);
            Logged::Put { name, record: reader.bytes()?, written, life, tokens }
        }
        2 => Logged::Gone { name: reader.bytes()? },
        3 => {
            let (name, token) = (reader.bytes()?, reader.token()?);
            Logged::Token { name, token, known: reader.option(Reader::token)? }
        }
        4 => Logged::TakeBack { name: reader.bytes()?, record: reader.bytes()? },
        5 => Logged::Nothing { name: reader.bytes()? },
        6 => {
            let (bus, origin) = (reader.u32()?, reader.u128()?);
            let namespace = reader.text()?;
            let message = Message::new(namespace, origin, decode_what(reader)?);
            Logged::Message { bus, message }
        }
        7 => Logged::Accepted { until: reader.u64()? },
        _ => return None,
    })
}

fn encode_what(what: &Invalidation, out: &mut Vec<u8>) {
    let mode = |mode: &Mode| u8::from(*mode == Mode::Expire);
    match what {
        Invalidation::Keys(texts) => {
            out.push(1);
            put_list(out, texts);
        }
        Invalidation::Tags(tags, how) => {
            out.extend([2, mode(how)]);
            put_list(out, tags);
        }
        Invalidation::Patterns(patterns, how) => {
            out.extend([3, mode(how)]);
            put_list(out, patterns);
        }
        // What this program does not know yet: everything is never too little.
        _ => out.push(4),
    }
}

fn decode_what(reader: &mut Reader<'_>) -> Option<Invalidation> {
    let kind = reader.byte()?;
    let mode = match kind {
        2 | 3 => match reader.byte()? {
            0 => Mode::Remove,
            1 => Mode::Expire,
            _ => return None,
        },
        _ => Mode::Remove,
    };
    Some(match kind {
        1 => Invalidation::Keys(reader.list(Reader::text)?),
        2 => Invalidation::Tags(reader.list(Reader::text)?, mode),
        3 => Invalidation::Patterns(reader.list(Reader::text)?, mode),
        4 => Invalidation::Everything,
        _ => return None,
    })
}
