//! From what was set to connections that can be made, or to what is wrong with it.

use cachefn_core::Error;
use redis::ConnectionAddr;

use crate::connection::{Dial, Link, Sentinels};
use crate::settings::{self, Login, Settings};
use crate::url::{Target, Url};

/// Which servers.
pub(crate) enum Servers {
    One(Url),
    /// Those who know the master of this name.
    Sentinel(Vec<Url>, String),
    /// Some of them.
    Cluster(Vec<Url>),
}

/// The way to the servers. It asks nobody.
///
/// # Errors
/// Of kind `config`, with what is wrong.
pub(crate) fn open(
    servers: Servers,
    mut settings: Settings,
    database: Option<i64>,
) -> Result<Link, Error> {
    check(&settings)?;
    match servers {
        Servers::One(url) => {
            let target = url.target()?;
            settings.database = database.unwrap_or(target.database);
            settings.take_login(&target);
            must_verify(&settings, &[&target])?;
            Ok(Link::to(Dial::Direct(target.address), settings))
        }
        Servers::Sentinel(urls, master) => {
            let targets = targets(&urls)?;
            settings.database = database.unwrap_or(0);
            must_verify(&settings, &targets.iter().collect::<Vec<_>>())?;
            let client = |target: &Target| {
                let certificates = &settings.certificates;
                settings::client(&target.address, &target.login, 0, certificates).map_err(|error| {
                    config(error.detail().unwrap_or("the certificates cannot be used"))
                })
            };
            let clients = targets.iter().map(client).collect::<Result<_, _>>()?;
            let tls = targets.iter().any(Target::is_tls);
            Ok(Link::to(Dial::Sentinel(Sentinels { clients, master, tls }), settings))
        }
        Servers::Cluster(urls) => {
            let targets = targets(&urls)?;
            if database.is_some_and(|database| database != 0)
                || targets.iter().any(|target| target.database != 0)
            {
                return Err(config("a Cluster has only the database 0"));
            }
            if targets.iter().any(|target| matches!(target.address, ConnectionAddr::Unix(_))) {
                return Err(config("a Cluster is not reached by a unix socket; give hosts"));
            }
            if settings.prefix.contains(['{', '}']) {
                return Err(config("on a Cluster the prefix may not have braces"));
            }
            if let Some(first) = targets.first() {
                settings.take_login(first);
            }
            must_verify(&settings, &targets.iter().collect::<Vec<_>>())?;
            let seeds = targets.into_iter().map(|target| target.address).collect();
            Ok(Link::to_cluster(seeds, settings))
        }
    }
}

fn check(settings: &Settings) -> Result<(), Error> {
    if settings.prefix.is_empty() {
        return Err(config("the prefix is empty; it keeps the names of others apart"));
    }
    if settings.connections == 0 {
        return Err(config("connections is 0; one is the least"));
    }
    if settings.timeout.is_zero() || settings.connect_timeout.is_zero() {
        return Err(config("a timeout is 0; give the servers some time"));
    }
    if settings.login.username.is_some() && settings.login.password.is_none() {
        return Err(config("there is a username without a password"));
    }
    Ok(())
}

fn targets(urls: &[Url]) -> Result<Vec<Target>, Error> {
    if urls.is_empty() {
        return Err(config("there is no url; give at least one"));
    }
    urls.iter().map(Url::target).collect()
}

/// Certificates are for TLS alone.
fn must_verify(settings: &Settings, targets: &[&Target]) -> Result<(), Error> {
    if !settings.certificates.is_empty() && !targets.iter().all(|target| target.is_tls()) {
        return Err(config("there are certificates, but the url does not begin with rediss://"));
    }
    Ok(())
}

fn config(text: impl Into<String>) -> Error {
    Error::config("connect", text.into())
}

impl Settings {
    /// The login of a url, where none was set besides.
    fn take_login(&mut self, target: &Target) {
        let Login { username, password } = &target.login;
        let login = &mut self.login;
        login.username = login.username.take().or_else(|| username.clone());
        login.password = login.password.take().or_else(|| password.clone());
    }
}
