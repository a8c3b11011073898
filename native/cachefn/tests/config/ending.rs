//! What a program prints whose `main` returns what is wrong with its configuration.

use std::path::Path;
use std::process::Command;

use cachefn::config::{Config, ConfigError};
use cachefn::{Error, ErrorKind};

const WRONG: &str = "[services.users]\ncache_type = \"two-level\"\ntll = \"10m\"\nl1.max_entries = 0\n\
                     l2.connection_string = \"redis://app:geheim@10.0.0.1/\"\nl2.password = \"geheim\"\n\
                     l2.max_bytes = \"1MiB\"\n";
const FILE: &str = "CACHEFN_TEST_FILE";

#[test]
fn h_39_a_program_that_ends_with_the_error_prints_every_fault_in_a_line_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cachefn.toml");
    std::fs::write(&path, WRONG).unwrap();
    for (program, load) in
        [("the_program_that_opens_it", "load:"), ("the_program_that_reads_it", "load")]
    {
        let printed = printed(program, &path);
        let path = path.display();
        for line in [
            format!("Error: {load} {path}: 3 faults"),
            format!("{path}:3: services.users.tll is unknown; did you mean `ttl`?"),
            format!("{path}:4: services.users.l1.max_entries is too small; write 1 or more"),
        ] {
            assert!(printed.lines().any(|own| own == line), "{line}\n---\n{printed}");
        }
        assert!(printed.contains("services.users.l2.max_bytes is for what lies on this machine"));
        assert!(!printed.contains("geheim"), "{printed}");
    }
}

#[test]
fn the_parts_of_an_error_are_told_to_who_asks_for_them() {
    let error = Config::read(WRONG).unwrap_err();
    let parts = format!("{error:#?}");
    assert!(parts.contains("line: Some(\n") && !parts.contains("geheim"), "{parts}");
    let error = Error::from(error);
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(format!("{error:#?}").contains("kind: Config"), "{error:#?}");
}

/// What one of the functions below prints as the `main` of a process of its own: the test harness ends a function that
/// returns an error by the same trait as a program.
fn printed(program: &str, file: &Path) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("ending::{program}"), "--nocapture"]).env(FILE, file);
    let ended = command.output().unwrap();
    assert!(!ended.status.success());
    String::from_utf8(ended.stderr).unwrap()
}

/// Does something only where the test above started it.
#[tokio::test]
async fn the_program_that_opens_it() -> Result<(), Error> {
    let Some(file) = std::env::var_os(FILE) else { return Ok(()) };
    cachefn::init(file).await.map(drop)
}

/// Does something only where the test above started it.
#[test]
fn the_program_that_reads_it() -> Result<(), ConfigError> {
    let Some(file) = std::env::var_os(FILE) else { return Ok(()) };
    Config::load(Path::new(&file)).map(drop)
}
