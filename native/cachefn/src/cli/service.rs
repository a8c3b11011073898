//! The services of a configuration, and their storages.

use std::path::Path;

use super::failure::Failure;
use crate::config::{Config, L2, Service};

/// # Errors
/// Of data, with all that is wrong with the file.
pub(crate) fn load(path: &Path) -> Result<Config, Failure> {
    Config::load(path).map_err(|error| Failure::Data(error.to_string()))
}

/// The service that was named, or the only one with a storage.
///
/// # Errors
/// Of usage when there is none of that name, or not exactly one.
pub(crate) fn chosen<'c>(config: &'c Config, name: Option<&'c str>) -> Result<&'c str, Failure> {
    let stored: Vec<&str> = config
        .services
        .iter()
        .filter(|(_, service)| service.l2.is_some())
        .map(|(name, _)| &**name)
        .collect();
    let known = stored.join(", ");
    match (name, &*stored) {
        (Some(name), _) if config.services.contains_key(name) => Ok(name),
        (Some(name), _) => Err(Failure::Usage(format!(
            "the configuration has no service {name:?}; those with a storage are: {known}"
        ))),
        (None, [only]) => Ok(only),
        (None, []) => Err(Failure::Usage("no service of the configuration has a storage".into())),
        (None, _) => Err(Failure::Usage(format!("name a service with --service: {known}"))),
    }
}

/// All services with a storage, if it is the same one; of a service's own is how long entries live there.
pub(crate) fn sharing(config: &Config) -> Vec<&str> {
    let storage = |service: &Service| service.l2.clone().map(|l2| L2 { ttl: None, ..l2 });
    let stored = config.services.iter().filter_map(|(name, own)| Some((&**name, storage(own)?)));
    let (names, storages): (Vec<&str>, Vec<L2>) = stored.unzip();
    match storages.split_first() {
        Some((first, others)) if others.iter().all(|other| other == first) => names,
        _ => Vec::new(),
    }
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
