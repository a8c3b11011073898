//! Numbers and counted bytes, little-endian.

use bytes::Bytes;

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    // A frame with more is refused as a whole before it is written.
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(bytes);
}

pub(super) fn put_list<T: AsRef<[u8]>>(out: &mut Vec<u8>, list: &[T]) {
    out.extend_from_slice(&u32::try_from(list.len()).unwrap_or(u32::MAX).to_le_bytes());
    list.iter().for_each(|bytes| put_bytes(out, bytes.as_ref()));
}

/// Reads from the front; every length is compared with the bytes that are left.
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn u128(&mut self) -> Option<u128> {
        self.array().map(u128::from_le_bytes)
    }

    pub(super) fn token(&mut self) -> Option<cachefn_core::Token> {
        self.array().map(cachefn_core::Token)
    }

    pub(super) fn bytes(&mut self) -> Option<Bytes> {
        let count = self.u32()?;
        self.take(count as usize).map(Bytes::copy_from_slice)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    /// No more are allocated than there are bytes for.
    pub(super) fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = self.u32()?;
        let mut list = Vec::with_capacity((count as usize).min(self.0.len() / 4));
        for _ in 0..count {
            list.push(one(self)?);
        }
        Some(list)
    }

    /// An optional value: 0, or 1 and the value.
    pub(super) fn option<T>(
        &mut self,
        one: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.byte()? {
            0 => Some(None),
            1 => one(self).map(Some),
            _ => None,
        }
    }
}
