//! How an instance ends in order.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use example_shop::Catalogue;

use crate::support::PROGRAM;

#[test]
fn an_instance_ends_cleanly_with_its_input_by_ctrl_c_and_by_a_plain_kill() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), cachefn_servers::Server::start());
    let catalogue = folder.path().join("catalogue.db");
    Catalogue::create(&catalogue).unwrap();
    for signal in [None, Some("INT"), Some("TERM")] {
        let mut command = Command::new(PROGRAM);
        command
            .args(["serve", concat!(env!("CARGO_MANIFEST_DIR"), "/cachefn.toml")])
            .arg(&catalogue);
        command.env("SHOP_REDIS", redis.url()).env_remove("OTEL_EXPORTER_OTLP_ENDPOINT");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        told.read_line(&mut line).unwrap();
        assert!(line.starts_with("serving on 127.0.0.1:"), "{line}");
        match signal {
            None => drop(child.stdin.take()),
            Some(name) => {
                let kill =
                    Command::new("kill").args(["-s", name, &child.id().to_string()]).status();
                assert!(kill.unwrap().success());
            }
        }
        // Ended by a signal it would have no code.
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal:?}");
    }
}
