//! Recorded requests as dense numbers: every key has its own, from 0, by its first appearance.

/// Keys, one a line, whatever their bytes; empty lines are none. At most `most` of them.
pub(crate) fn from_lines(bytes: &[u8], most: usize) -> Vec<u32> {
    let lines = bytes.split(|byte| *byte == b'\n');
    let keys = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    dense(keys.filter(|key| !key.is_empty()).take(most))
}

/// Keys as numbers of 32 bits, little end first; at most `most` of them.
pub(crate) fn from_numbers(bytes: &[u8], most: usize) -> Vec<u32> {
    let numbers = bytes.chunks_exact(4).map(|id| u32::from_le_bytes([id[0], id[1], id[2], id[3]]));
    let ids: Vec<u32> = numbers.take(most).collect();
    // Numbers that are dense already keep their order, which saves a map of all of them.
    if is_dense(&ids) { ids } else { dense(ids) }
}

/// Whether every number below the largest occurs.
fn is_dense(ids: &[u32]) -> bool {
    let count = ids.iter().max().map_or(0, |most| *most as usize + 1);
    // Whoever has more numbers than requests leaves some out.
    if count > ids.len() {
        return false;
    }
    let mut seen = vec![false; count];
    ids.iter().for_each(|id| seen[*id as usize] = true);
    seen.iter().all(|seen| *seen)
}

/// Numbers keys by their first appearance.
pub(crate) fn dense<K: std::hash::Hash + Eq>(keys: impl IntoIterator<Item = K>) -> Vec<u32> {
    let mut seen = std::collections::HashMap::new();
    let mut number = |key| {
        let next = seen.len() as u32;
        *seen.entry(key).or_insert(next)
    };
    keys.into_iter().map(&mut number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbered_by_their_first_appearance() {
        assert_eq!(dense(["b", "a", "b", "c"]), [0, 1, 0, 2]);
    }

    #[test]
    fn lines_are_keys_whatever_their_bytes_and_numbers_may_be_far_apart() {
        assert_eq!(from_lines(b"b\r\na\n\n\xff\nb\n", 9), [0, 1, 2, 0]);
        assert_eq!(
            from_numbers(&[7_u32, u32::MAX, 7].map(u32::to_le_bytes).concat(), 9),
            [0, 1, 0]
        );
        let small = |numbers: &[u32]| {
            let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            from_numbers(&bytes, 9)
        };
        assert_eq!(small(&[5; 6]), [0; 6]);
        assert_eq!(small(&[2, 1, 0, 2]), [2, 1, 0, 2], "those without a gap are as they are");
    }
}
