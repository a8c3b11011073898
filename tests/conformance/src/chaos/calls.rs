//! How often each method of a storage was called.

macro_rules! calls {
    ($($method:ident)*) => {
        /// How often each method of a storage was called: what a cache costs in round trips.
        ///
        /// ```
        /// use cachefn_conformance::{Chaos, MapStorage};
        /// use cachefn_core::Storage;
        /// # pollster::block_on(async {
        /// let chaos = Chaos::new(MapStorage::new(), 7);
        /// chaos.get_many(&[b"one", b"two", b"three"]).await.unwrap();
        /// let before = chaos.calls();
        /// chaos.delete(b"one").await.unwrap();
        /// assert_eq!((chaos.calls().total(), chaos.calls().get_many), (2, 1));
        /// assert_eq!(chaos.calls().since(before).total(), 1);
        /// # });
        /// ```
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Calls {
            $(#[doc = concat!("Of `", stringify!($method), "`.")] pub $method: u64,)*
        }

        impl Calls {
            /// Of all methods.
            pub fn total(&self) -> u64 {
                0 $(+ self.$method)*
            }

            /// Those after an earlier look.
            #[must_use]
            pub fn since(&self, before: Calls) -> Calls {
                Calls { $($method: self.$method - before.$method,)* }
            }
        }
    };
}

calls! {
    get set delete get_many set_many delete_many delete_if tokens replace_tokens create_tokens
    scan flush purge close
}
