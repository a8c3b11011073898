//! One server and everything that can be done to it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fmt};

use crate::certificates::Certificates;
use crate::process::Process;
use crate::settings::Settings;
use crate::{control, folder, ports, wait};

/// A running `redis-server`, empty at first. It ends when this is dropped, or with the process.
pub struct Server {
    folder: PathBuf,
    port: u16,
    certificates: Option<Certificates>,
    settings: Settings,
    process: Mutex<Process>,
}

impl Server {
    /// What a client connects to, with the password if there is one.
    pub fn url(&self) -> String {
        let login =
            self.settings.password.as_ref().map(|password| format!(":{}@", escaped(password)));
        let login = login.unwrap_or_default();
        match (self.settings.only_socket, &self.certificates) {
            (true, _) => self.socket_url(),
            (_, Some(_)) => format!("rediss://{login}localhost:{}/", self.port),
            (_, None) => format!("redis://{login}127.0.0.1:{}/", self.port),
        }
    }

    /// The same for another user; an empty name stands for the user that has none.
    ///
    /// ```
    /// let redis = cachefn_servers::Server::builder().acl("user app on >a:b ~* +@all").start();
    /// assert_eq!(redis.url_for("app", "a:b"), format!("redis://app:a%3Ab@127.0.0.1:{}/", redis.port()));
    /// ```
    pub fn url_for(&self, user: &str, password: &str) -> String {
        let login = format!("{}:{}", escaped(user), escaped(password));
        match &self.certificates {
            Some(_) => format!("rediss://{login}@localhost:{}/", self.port),
            None => format!("redis://{login}@127.0.0.1:{}/", self.port),
        }
    }

    /// As [`url_for`](Self::url_for), of a server that speaks TLS.
    ///
    /// # Panics
    /// It does not.
    pub fn tls_url(&self, user: &str, password: &str) -> String {
        assert!(self.certificates.is_some(), "a server without `tls()` has no such URL");
        self.url_for(user, password)
    }

    /// Its port on 127.0.0.1; what it is with `unix_socket`, nobody listens there.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its socket, which every server has.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("redis.sock")
    }

    /// What a client connects to by the socket, with the password if there is one.
    pub fn socket_url(&self) -> String {
        let password =
            self.settings.password.as_ref().map(|password| format!("?pass={}", escaped(password)));
        format!("redis+unix://{}{}", self.socket().display(), password.unwrap_or_default())
    }

    /// The certificate of the authority that has signed the server's, as a file in PEM.
    ///
    /// # Panics
    /// The server does not speak TLS.
    pub fn ca(&self) -> PathBuf {
        self.certificates().authority.clone()
    }

    /// A client's certificate and its key, of the same authority, as files in PEM.
    ///
    /// # Panics
    /// The server does not speak TLS.
    pub fn client_certificate(&self) -> (PathBuf, PathBuf) {
        let client = &self.certificates().client;
        (client.certificate.clone(), client.key.clone())
    }

    /// The number of its process.
    ///
    /// # Panics
    /// It was killed.
    pub fn pid(&self) -> u32 {
        self.process().pid().expect("a server that was killed has no process")
    }

    /// Whether its process is there, be it stopped.
    pub fn is_running(&self) -> bool {
        self.process().runs()
    }

    /// Ends it without a word (`kill -9`). Nothing if that was done before.
    pub fn kill(&self) {
        self.process().kill();
    }

    /// Makes it stand still (`SIGSTOP`): it holds its connections and answers nobody.
    ///
    /// # Panics
    /// It was killed.
    pub fn stop(&self) {
        self.process().stop();
    }

    /// Lets it go on (`SIGCONT`).
    ///
    /// # Panics
    /// It was killed.
    pub fn cont(&self) {
        self.process().cont();
    }

    /// Kills it if it runs, starts it on the same port and waits until it answers. What it had is lost,
    /// but what it was told to `SAVE`.
    ///
    /// # Panics
    /// It does not start.
    pub fn restart(&self) {
        self.begin();
        if !self.becomes_ready() {
            panic!("restart redis-server on port {}: {}", self.port, self.log());
        }
    }

    /// As [`restart`](Self::restart), but waits for nothing: it may refuse connections, or still be
    /// `LOADING`.
    pub fn begin(&self) {
        let _ = fs::remove_file(self.socket());
        let mut command = self.command();
        self.process().start(&mut command).unwrap_or_else(|error| {
            let program = command.get_program().to_string_lossy();
            panic!("start {program}: {error}; install it (Debian: `apt-get install redis-server`), or set REDIS_SERVER to one")
        });
    }

    /// Runs a command, whatever users and passwords there are, and says what `redis-cli` would print: one
    /// line for each element.
    ///
    /// # Panics
    /// The server is not there, answers nothing for ten seconds, or answers an error.
    pub fn cli(&self, words: &[&str]) -> String {
        self.try_cli(words).unwrap_or_else(|error| {
            panic!("{} at port {}: {error}", words.join(" "), self.port);
        })
    }

    /// As [`cli`](Self::cli), for commands that may fail.
    ///
    /// # Errors
    /// The server is not there, answers nothing for ten seconds, or answers an error, which is the text.
    pub fn try_cli(&self, words: &[&str]) -> Result<String, String> {
        control::ask(&self.socket(), words)
    }

    /// One line of what `INFO` says, such as `role`; empty if there is none.
    ///
    /// # Panics
    /// As [`cli`](Self::cli).
    pub fn info(&self, field: &str) -> String {
        field_of(&self.cli(&["INFO", "everything"]), field).unwrap_or_default().to_owned()
    }

    /// What it has printed.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    pub(crate) fn with(settings: &Settings) -> Self {
        for _ in 0..ATTEMPTS {
            let server = Self::prepared(settings);
            server.begin();
            if server.becomes_ready() {
                return server;
            }
            let log = server.log();
            // Another process was quicker to take the port.
            assert!(log.contains("Address already in use"), "start redis-server: {log}");
        }
        panic!("start redis-server: {ATTEMPTS} ports were taken by others");
    }

    fn prepared(settings: &Settings) -> Self {
        let (folder, port) = (folder::new(), ports::free_port());
        // From here on the folder goes when we do.
        let process = Mutex::new(Process::none(&folder));
        let certificates =
            settings.tls_names.as_ref().map(|names| Certificates::make(&folder, names));
        let settings = settings.clone();
        let server = Self { folder, port, certificates, settings, process };
        let conf = server.configuration();
        let file = server.folder.join("redis.conf");
        fs::write(&file, conf).unwrap_or_else(|error| panic!("write {}: {error}", file.display()));
        server
    }

    fn configuration(&self) -> String {
        let folder = self.folder.display();
        let listens = match (self.settings.only_socket, &self.certificates) {
            (true, _) => "port 0".to_owned(),
            (_, None) => format!("port {}", self.port),
            (_, Some(Certificates { authority, server, .. })) => format!(
                "port 0\ntls-port {}\ntls-cert-file {}\ntls-key-file {}\ntls-ca-cert-file {}\ntls-auth-clients optional",
                self.port,
                server.certificate.display(),
                server.key.display(),
                authority.display()
            ),
        };
        let only_redis = if self.settings.is_sentinel { "" } else { ONLY_REDIS };
        format!(
            "{listens}\nbind 127.0.0.1\nprotected-mode no\ndaemonize no\ndir {folder}\nunixsocket {folder}/redis.sock\n{only_redis}{}\n{}\n",
            control::USER,
            self.settings.lines.join("\n")
        )
    }

    fn command(&self) -> Command {
        let program = env::var_os("REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
        let log = File::options().create(true).append(true).open(self.folder.join("log"));
        let log = log.unwrap_or_else(|error| panic!("start redis-server: open its log: {error}"));
        let errors = log.try_clone().map_or_else(|_| Stdio::null(), Stdio::from);
        let mut command = Command::new(program);
        command.arg("redis.conf").args(self.settings.is_sentinel.then_some("--sentinel"));
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(log).stderr(errors);
        command
    }

    /// Whether it answers before it ends, or two minutes have passed. The socket is in a folder of ours and
    /// comes after the port, so that whoever answers there has the port, too.
    fn becomes_ready(&self) -> bool {
        let answers = || self.try_cli(&["PING"]).is_ok_and(|answer| answer == "PONG");
        wait::until(|| answers().then_some(true).or_else(|| (!self.is_running()).then_some(false)))
            .unwrap_or(false)
    }

    fn certificates(&self) -> &Certificates {
        self.certificates.as_ref().expect("a server without `tls()` has no certificates")
    }

    fn process(&self) -> MutexGuard<'_, Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.settings.is_sentinel { "Sentinel" } else { "Server" };
        f.debug_struct(kind).field("port", &self.port).finish_non_exhaustive()
    }
}

/// The value of a line `field:value`.
pub(crate) fn field_of<'t>(text: &'t str, field: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).map(str::trim)
}

fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).into()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Nothing goes to a disk; replicas need not wait for others to come; tests may look inside.
const ONLY_REDIS: &str =
    "save \"\"\nappendonly no\nrepl-diskless-sync-delay 0\nenable-debug-command yes\n";
const ATTEMPTS: u32 = 10;
