//! Reads from a WebAssembly module what must be known before it ships: imports, tables, exports.

use anyhow::{Context, Result, ensure};

/// What the outside sees of a module.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sections {
    pub(super) imports: u32,
    pub(super) tables: u32,
    pub(super) exports: Vec<String>,
}

impl Sections {
    /// Walks the sections; only import, table and export are looked into (core specification, 5.5).
    ///
    /// # Errors
    /// The bytes are no module or end too early.
    pub(super) fn of(bytes: &[u8]) -> Result<Self> {
        ensure!(bytes.starts_with(b"\0asm\x01\0\0\0"), "not a WebAssembly module");
        let mut rest = Reader(&bytes[8..]);
        let mut found = Self::default();
        while !rest.0.is_empty() {
            let id = rest.byte()?;
            let length = rest.number()? as usize;
            let mut section = Reader(rest.take(length)?);
            match id {
                2 => found.imports = section.number()?,
                4 => found.tables = section.number()?,
                7 => found.exports = section.exports()?,
                _ => {}
            }
        }
        Ok(found)
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("the module ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// An unsigned LEB128 number.
    fn number(&mut self) -> Result<u32> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        anyhow::bail!("a number in the module is too long")
    }

    fn exports(&mut self) -> Result<Vec<String>> {
        (0..self.number()?)
            .map(|_| {
                let length = self.number()? as usize;
                let name = String::from_utf8(self.take(length)?.to_vec())?;
                self.byte()?; // kind
                self.number()?; // index
                Ok(name)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_listed_and_absent_sections_count_nothing() {
        let module = b"\0asm\x01\0\0\0\x05\x03\x01\0\x01\x07\x0a\x01\x06memory\x02\0";
        let sections = Sections::of(module).expect("a module with one memory");
        assert_eq!(sections, Sections { imports: 0, tables: 0, exports: vec!["memory".into()] });
    }

    #[test]
    fn imports_and_tables_are_counted() {
        let module =
            b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x07\x01\x01a\x01b\0\0\x04\x04\x01\x70\0\0";
        let sections = Sections::of(module).expect("a module with an import and a table");
        assert_eq!(sections, Sections { imports: 1, tables: 1, exports: vec![] });
    }

    #[test]
    fn a_cut_module_is_refused() {
        assert!(Sections::of(b"\0asm\x01\0\0\0\x07\x0a\x01").is_err());
        assert!(Sections::of(b"<html>").is_err());
    }
}
