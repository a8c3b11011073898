//! An authority of our own, and what it signs: a certificate for the server and one for its clients.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Files of certificates and keys, in PEM.
///
/// ```
/// use cachefn_servers::Certificates;
/// let folder = std::env::temp_dir().join(format!("certificates-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// let made = Certificates::make(&folder, "IP:127.0.0.1");
/// assert!(std::fs::read_to_string(&made.server.certificate)?.starts_with("-----BEGIN CERTIFICATE"));
/// std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Certificates {
    /// The certificate that signed the others.
    pub authority: PathBuf,
    /// What a server shows.
    pub server: Pair,
    /// What its clients show.
    pub client: Pair,
}

/// A certificate and its key.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The file of the certificate.
    pub certificate: PathBuf,
    /// The file of the key.
    pub key: PathBuf,
}

impl Certificates {
    /// Makes all of them in a folder; `names` are those of the server, as `openssl` writes them: `DNS:localhost`.
    pub fn make(folder: &Path, names: &str) -> Self {
        openssl(
            folder,
            &format!(
                "req -x509 {NEW_KEY} -keyout ca.key -out ca.crt -days 30 -subj /CN=cachefn-authority"
            ),
        );
        Self {
            authority: folder.join("ca.crt"),
            server: signed(
                folder,
                "server",
                &format!("subjectAltName={names}\nextendedKeyUsage=serverAuth\n"),
            ),
            client: signed(folder, "client", "extendedKeyUsage=clientAuth\n"),
        }
    }
}

fn signed(folder: &Path, name: &str, extensions: &str) -> Pair {
    let extensions = format!("basicConstraints=CA:FALSE\n{extensions}");
    fs::write(folder.join(format!("{name}.ext")), extensions)
        .unwrap_or_else(|error| panic!("write {name}.ext: {error}"));
    openssl(folder, &format!("req {NEW_KEY} -keyout {name}.key -out {name}.csr -subj /CN={name}"));
    openssl(
        folder,
        &format!(
            "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile {name}.ext -out {name}.crt"
        ),
    );
    Pair {
        certificate: folder.join(format!("{name}.crt")),
        key: folder.join(format!("{name}.key")),
    }
}

fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new(env::var_os("OPENSSL").unwrap_or_else(|| "openssl".into()));
    command.args(arguments.split(' ')).current_dir(folder).stdin(Stdio::null());
    let output = command.output().unwrap_or_else(|error| {
        panic!("run openssl: {error}; install it (Debian: `apt-get install openssl`)")
    });
    assert!(
        output.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

const NEW_KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
