//! The services of a configuration, and their storages.

use std::path::Path;

use super::failure::Failure;
use crate::config::{Config, L2, Service};

/// # Errors
/// Of data, with all that is wrong with the file.
pub(crate) fn load(path: &Path) -> Result<Config, Failure> {
    Config::load(path).map_err(|error| Failure::Data(error.to_string()))
}

/// Whose entries a command is about, where no service is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Those of the only service with a storage.
    One,
    /// Those of all services, where they have their storage in common.
    All,
}

/// The service that was named, or the only one with a storage, or all that share one.
///
/// # Errors
/// Of usage when there is none of that name, or not exactly one.
pub(crate) fn chosen<'c>(
    config: &'c Config,
    name: Option<&'c str>,
    whose: Whose,
) -> Result<Vec<&'c str>, Failure> {
    let stored: Vec<(&str, &L2)> = config
        .services
        .iter()
        .filter_map(|(name, service)| Some((&**name, service.l2.as_ref()?)))
        .collect();
    let names: Vec<&str> = stored.iter().map(|(name, _)| *name).collect();
    let known = names.join(", ");
    let is_one = stored.windows(2).all(|two| is_same(two[0].1, two[1].1));
    match (name, names.len()) {
        (Some(name), _) if config.services.contains_key(name) => Ok(vec![name]),
        (Some(name), _) => Err(Failure::Usage(format!(
            "the configuration has no service {name:?}; those with a storage are: {known}"
        ))),
        (None, 0) => Err(Failure::Usage("no service of the configuration has a storage".into())),
        (None, 1) => Ok(names),
        (None, _) if whose == Whose::All && is_one => Ok(names),
        (None, _) => Err(Failure::Usage(format!("name a service with --service: {known}"))),
    }
}

/// Whether these are ways to one storage. How long one waits for it is another matter.
fn is_same(one: &L2, other: &L2) -> bool {
    one.mode == other.mode
        && one.connection_string == other.connection_string
        && one.master == other.master
        && one.prefix == other.prefix
}

/// # Errors
/// Of usage when the service has no storage.
pub(crate) fn with_storage<'c>(
    config: &'c Config,
    name: &str,
) -> Result<(&'c Service, &'c L2), Failure> {
    let service = config.services.get(name);
    service.and_then(|own| Some((own, own.l2.as_ref()?))).ok_or_else(|| {
        Failure::Usage(format!("the service {name} has no storage: its cache_type is \"l1\""))
    })
}
