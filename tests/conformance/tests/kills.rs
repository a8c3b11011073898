//! A storage that acknowledges what it does not keep is found out by killing its process.

#![cfg(not(target_family = "wasm"))]

use cachefn_conformance::{MapStorage, check_kills};

#[test]
#[should_panic(expected = "something that was acknowledged is lost")]
fn h_30_a_storage_that_is_only_in_memory_loses_what_it_acknowledged() {
    let test = "h_30_a_storage_that_is_only_in_memory_loses_what_it_acknowledged";
    check_kills(test, 20, 7, std::path::Path::new("nowhere"), |_| MapStorage::new(), |_| ());
}
