//! wasm-bindgen as a library: its version cannot drift from the one the engine is compiled with.

use std::fs;
use std::path::Path;

use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;

/// Processes a compiled module. The generated glue is dropped: integers need none.
pub(super) fn process(compiled: &[u8], scratch: &Path) -> Result<Vec<u8>> {
    let input = scratch.join("engine.wasm");
    fs::write(&input, compiled)?;
    let folder = scratch.join("bound");
    Bindgen::new()
        .input_path(&input)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&folder)?;
    Ok(fs::read(folder.join("engine_bg.wasm"))?)
}

/// Writes a compiled program and its glue into a folder, for a page that imports it.
///
/// # Errors
/// wasm-bindgen cannot read the module.
pub(crate) fn for_pages(compiled: &Path, folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .generate(folder)
}

#[cfg(test)]
mod tests {
    fn exact_version<'t>(manifest: &'t str, dependency: &str) -> Option<&'t str> {
        let line =
            manifest.lines().find(|line| line.split_whitespace().next() == Some(dependency))?;
        line.split('"').find_map(|part| part.strip_prefix('='))
    }

    #[test]
    fn the_engine_and_its_processing_use_one_version() {
        let here = exact_version(include_str!("../../Cargo.toml"), "wasm-bindgen-cli-support");
        let there = exact_version(include_str!("../../../wasm/engine/Cargo.toml"), "wasm-bindgen");
        assert!(here.is_some(), "xtask pins an exact version");
        assert_eq!(here, there);
    }
}
