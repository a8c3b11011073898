//! One command and where it goes, and scripts that the servers keep.

use std::sync::OnceLock;

use redis::{Cmd, cmd};

/// A command on its way to the node that has its slot.
#[derive(Clone)]
pub(crate) struct Request {
    /// The slot of its keys; 0 where there are no slots.
    pub(super) slot: u16,
    pub(super) command: Cmd,
    script: Option<&'static Script>,
    /// It must not be sent again when its connection breaks before the answer.
    pub(super) is_once: bool,
    /// About how many bytes it is, where that was known when it was made.
    bytes: Option<usize>,
}

/// What there is to be known of a request besides its command.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    slot: u16,
    script: Option<&'static Script>,
    pub(super) is_once: bool,
}

impl Kind {
    /// The request with this command.
    pub(super) fn request(self, command: Cmd) -> Request {
        let Kind { slot, script, is_once } = self;
        Request { slot, command, script, is_once, bytes: None }
    }
}

impl Request {
    pub(super) fn new(slot: u16, command: Cmd) -> Self {
        Request { slot, command, script: None, is_once: false, bytes: None }
    }

    /// The same, where it is known that it has about so many bytes.
    #[must_use]
    pub(crate) fn of_bytes(mut self, bytes: usize) -> Self {
        self.bytes = Some(bytes);
        self
    }

    /// Not to be done twice, not even when nobody knows whether it was done.
    #[must_use]
    pub(crate) fn once(mut self) -> Self {
        self.is_once = true;
        self
    }

    pub(super) fn of_script(
        slot: u16,
        script: &'static Script,
        keys: &[&[u8]],
        arguments: &[&[u8]],
    ) -> Self {
        let mut command = cmd("EVALSHA");
        command.arg(script.hash()).arg(keys.len());
        for text in keys.iter().chain(arguments) {
            command.arg(*text);
        }
        Request { slot, command, script: Some(script), is_once: false, bytes: None }
    }

    pub(super) fn into_parts(self) -> (Kind, Cmd) {
        let Request { slot, command, script, is_once, bytes: _ } = self;
        (Kind { slot, script, is_once }, command)
    }

    /// The same with the text of its script, for a server that does not have it.
    pub(super) fn in_full(&self) -> Option<Self> {
        let script = self.script?;
        let mut command = cmd("EVAL");
        command.arg(script.text);
        for argument in self.command.args_iter().skip(2) {
            if let redis::Arg::Simple(bytes) = argument {
                command.arg(bytes);
            }
        }
        Some(Request { command, script: None, bytes: None, ..*self })
    }

    /// About how many bytes it is.
    pub(super) fn length(&self) -> usize {
        let length = |argument: redis::Arg<&[u8]>| match argument {
            redis::Arg::Simple(bytes) => bytes.len() + 8,
            _ => 8,
        };
        self.bytes.unwrap_or_else(|| self.command.args_iter().map(length).sum())
    }
}

/// A script in Lua, sent in full only to servers that do not have it yet.
pub(crate) struct Script {
    text: &'static str,
    hash: OnceLock<String>,
}

impl Script {
    pub(crate) const fn new(text: &'static str) -> Self {
        Script { text, hash: OnceLock::new() }
    }

    fn hash(&self) -> &str {
        self.hash.get_or_init(|| redis::Script::new(self.text).get_hash().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SCRIPT: Script = Script::new("return 1");

    #[test]
    fn a_script_is_sent_by_its_hash_and_in_full_when_asked() {
        let request = Request::of_script(7, &SCRIPT, &[b"key"], &[b"argument"]);
        let texts = |request: &Request| -> Vec<String> {
            let text = |argument| match argument {
                redis::Arg::Simple(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                _ => "?".to_string(),
            };
            request.command.args_iter().map(text).collect()
        };
        let hash = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
        assert_eq!(texts(&request), ["EVALSHA", hash, "1", "key", "argument"]);
        let full = request.in_full().expect("it has a script");
        assert_eq!(texts(&full), ["EVAL", "return 1", "1", "key", "argument"]);
        assert!(full.in_full().is_none() && full.slot == 7);
    }
}
