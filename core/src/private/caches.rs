//! The caches of one method of many types.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use alloc::boxed::Box;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use core::{any::Any, marker::PhantomData};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use std::sync::OnceLock;

/// The caches of one method: one for each type that has the method, for a `static` inside a generic
/// `impl` is one for all types.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
#[derive(Debug, Default)]
pub struct Caches {
    /// The cache of the type that came first: of the only one, unless the type is generic.
    first: OnceLock<Box<dyn Any + Send + Sync>>,
    others: OnceLock<Box<Caches>>,
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl Caches {
    /// No cache yet.
    pub const fn new() -> Caches {
        Caches { first: OnceLock::new(), others: OnceLock::new() }
    }

    /// The cache of the type `S`, made by `make` if it is not there yet.
    #[inline]
    pub fn of<S, C>(&'static self, make: fn() -> C) -> &'static C
    where
        S: ?Sized + 'static,
        C: Send + Sync + 'static,
    {
        let mut caches = self;
        loop {
            let first = caches.first.get_or_init(|| Box::new(Owned::<S, C>(make(), PhantomData)));
            if let Some(owned) = first.downcast_ref::<Owned<S, C>>() {
                return &owned.0;
            }
            caches = caches.others.get_or_init(Box::default);
        }
    }
}

/// The cache `C` of the type `S`.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
struct Owned<S: ?Sized, C>(C, PhantomData<fn(&S)>);

/// The caches of one method: one for each type that has the method.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
#[derive(Debug, Default)]
pub struct Caches {
    /// So that no two of them have one address.
    _place: u8,
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl Caches {
    /// No cache yet.
    pub const fn new() -> Caches {
        Caches { _place: 0 }
    }

    /// The cache of the type `S`, made by `make` if it is not there yet.
    pub fn of<S: ?Sized + 'static, C: 'static>(&'static self, make: fn() -> C) -> &'static C {
        let sharer = core::any::TypeId::of::<(core::marker::PhantomData<S>, C)>();
        crate::kept::kept_at(core::ptr::from_ref(self).addr(), sharer, make)
    }
}
