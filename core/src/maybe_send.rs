//! `Send` where there are threads: the one place that knows where there are none.
//!
//! Futures of browser storages hold JavaScript's objects and can never be sent. Where such a thing can
//! exist, on `wasm32-unknown-unknown`, these bounds ask for nothing; everywhere else for `Send` and
//! `Sync`. It is decided by the target and never by a cargo feature, which one crate could switch on
//! for all others.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::Pin;

/// `Send`, except on `wasm32-unknown-unknown`. Implemented for all that it can be.
///
/// ```
/// fn runs_anywhere<T: cachefn_core::MaybeSend>(_: T) {}
/// runs_anywhere(7);
/// ```
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub trait MaybeSend: Send {}
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Sync`, except on `wasm32-unknown-unknown`. Implemented for all that it can be.
///
/// ```
/// fn is_shared<T: cachefn_core::MaybeSync>(_: &T) {}
/// is_shared(&7);
/// ```
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub trait MaybeSync: Sync {}
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl<T: Sync + ?Sized> MaybeSync for T {}

/// A future in a box, `Send` where [`MaybeSend`] is.
///
/// ```
/// let future: cachefn_core::BoxFuture<'static, u32> = Box::pin(async { 7 });
/// # drop(future);
/// ```
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// `Send`, except on `wasm32-unknown-unknown`. Implemented for all that it can be.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub trait MaybeSend {}
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl<T: ?Sized> MaybeSend for T {}

/// `Sync`, except on `wasm32-unknown-unknown`. Implemented for all that it can be.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub trait MaybeSync {}
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl<T: ?Sized> MaybeSync for T {}

/// A future in a box, `Send` where [`MaybeSend`] is.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
