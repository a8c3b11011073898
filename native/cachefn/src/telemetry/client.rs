//! The way to a collector: HTTP, by TLS where the endpoint asks for it.

use cachefn_core::Error;
use reqwest::blocking::Client;

use super::environment::refused;
use super::settled::Settled;

/// # Errors
/// Of kind `config` when the authority of certificates cannot be used.
pub(super) fn client(settled: &Settled) -> Result<Client, Error> {
    let builder = Client::builder().timeout(settled.timeout);
    #[cfg(feature = "tls")]
    let builder = builder.tls_backend_preconfigured(tls::config(settled)?);
    // A client that blocks has a runtime of its own, which may be made on no thread of another one.
    let made = std::thread::Builder::new().name("telemetry-begin".into()).spawn(|| builder.build());
    let made = made.map_err(|error| refused(format!("no thread can be begun: {error}")))?;
    match made.join() {
        Ok(made) => made.map_err(|error| refused(format!("no client can be made: {error}"))),
        Err(_) => Err(refused("no client can be made".into())),
    }
}

#[cfg(feature = "tls")]
mod tls {
    use std::sync::Arc;

    use cachefn_core::Error;
    use rustls::crypto::CryptoProvider;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, RootCertStore};

    use super::{Settled, refused};

    /// # Errors
    /// Of kind `config` when nobody could be trusted.
    pub(super) fn config(settled: &Settled) -> Result<ClientConfig, Error> {
        // A program that chose a provider keeps it; nothing is installed for it here.
        let chosen = CryptoProvider::get_default().cloned();
        let provider = chosen.unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| refused(format!("no TLS is possible: {error}")))?;
        Ok(builder.with_root_certificates(roots(settled)?).with_no_client_auth())
    }

    fn roots(settled: &Settled) -> Result<RootCertStore, Error> {
        let mut roots = RootCertStore::empty();
        if !settled.endpoint.starts_with("https:") {
            return Ok(roots);
        }
        let Some(given) = &settled.ca_certificate else {
            let found = rustls_native_certs::load_native_certs();
            if roots.add_parsable_certificates(found.certs).0 == 0 {
                let what = "install them, or give TelemetryOptions::ca_certificate";
                return Err(refused(format!("this machine has no root certificates; {what}")));
            }
            return Ok(roots);
        };
        let wrong = "the ca_certificate is no certificate in PEM";
        for certificate in CertificateDer::pem_slice_iter(given) {
            let certificate = certificate.map_err(|_| refused(wrong.into()))?;
            roots.add(certificate).map_err(|error| refused(format!("{wrong}: {error}")))?;
        }
        if roots.is_empty() { Err(refused(wrong.into())) } else { Ok(roots) }
    }
}
