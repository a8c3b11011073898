//! The suite of buses: what conforms passes it, and each mistake fails the case that looks for it.
#![cfg(not(target_family = "wasm"))] // a panic would end all

mod broken;
mod conforming;
mod mistakes;
