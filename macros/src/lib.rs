//! The `#[cachefn]` attribute. Users get it from `cachefn-core`, which has what it expands to.
//!
//! A pipeline, one file per stage: `parse` → `validate` (with `signature` and `template`) → `expand`,
//! or `fallback` when there are faults.

mod alone;
mod asking;
mod attributes;
mod background;
mod caching;
mod companions;
mod contradictions;
mod expand;
mod expansion;
mod expressions;
mod fallback;
mod faults;
mod generics;
mod home;
mod inputs;
mod keys;
mod mentions;
mod parse;
mod place;
mod settings;
mod signature;
mod template;
mod types;
mod validate;
mod values;
mod warming;
mod words;

use faults::Faults;
use proc_macro2::TokenStream;

/// Caches what a function returns, by its arguments.
///
/// ```
/// use cachefn_core::cachefn;
/// use std::num::ParseIntError;
///
/// #[cachefn(ttl = "5m", max_entries = 1_000, policy = "lru", tags = ["user:{id}"])]
/// fn limit(id: u64, text: &str) -> Result<u64, ParseIntError> {
///     let number: u64 = text.trim().parse()?;
///     Ok(number + id)
/// }
///
/// assert_eq!(limit(7, "35"), Ok(42)); // runs
/// assert_eq!(limit(7, "35"), Ok(42)); // does not run
/// assert!(limit(7, "none").is_err()); // runs every time
/// assert_eq!(limit::cache().stats().hits, 1);
///
/// limit::cache().invalidate_by_tag("user:7");
/// assert_eq!(limit::cache().len(), 0);
/// ```
///
/// A hit allocates nothing but what the clone of the value does, and waits for nobody. While the
/// function runs, other threads that call it with the same arguments wait for its value; should it
/// panic, one of them runs it in turn.
///
/// An `async fn` stays one, on any executor, and is `Send` if its body is. Tasks wait for each other as
/// threads do; when the one that runs the function is dropped, another runs it.
///
/// ```
/// # use cachefn_core::cachefn;
/// #[cachefn(ttl = "5m", tags = ["user:{id}"])]
/// async fn name(id: u64, language: &str) -> Result<String, std::io::Error> {
///     Ok(format!("user {id} in {language}"))
/// }
///
/// # pollster::block_on(async {
/// assert_eq!(name(7, "en").await?, "user 7 in en"); // runs
/// assert_eq!(name(7, "en").await?, "user 7 in en"); // does not run
/// name::cache().invalidate_by_tag("user:7").await?;
/// assert_eq!((name::cache().len(), name::cache().stats().hits), (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
///
/// # Arguments
/// All are optional. A length of time is a text with units (`"250ms"`, `"1h30m"`, `"7d"`) or whole
/// seconds; a limit is a number or an expression of constants.
///
/// | argument | default | meaning |
/// |---|---|---|
/// | `ttl = "1h30m"` or `ttl = 300` | until evicted | how long a value lives |
/// | `tti = "5m"` | no limit | how long a value lives after each use, never longer than `ttl` |
/// | `jitter = 0.1` | 0 | a random part, of 0 to this, by which each `ttl` is shortened |
/// | `negative_ttl = "10s"` | as `ttl` | how long a `None` lives, where the function returns an `Option` |
/// | `stale_while_revalidate = "1m"` | none | how long after its `ttl` a value may be returned while one caller runs the function |
/// | `stale_if_error = "1h"` | none | how long after its `ttl` a value may be returned when the function fails |
/// | `load_timeout = "5s"` | for ever | how long a caller waits for another caller's run, before it runs the function itself; of an `async fn` it needs a `runtime` |
/// | `refresh_after = 0.8` | never | from which part of its `ttl` on a value is renewed in the background by a call that finds it; `async fn` with a `runtime` |
/// | `runtime = Threads` | none | what measures the time and runs things in the background: an expression of a `Runtime` |
/// | `max_entries = 1_000` | 10,000 | how many values are kept |
/// | `max_weight = 1_000_000`, `weigher = \|key, value\| …` | no limit | what all values may weigh together, and what one weighs, a `u64`; the key is a tuple, unless `key` makes it a text |
/// | `policy = "lru"` | `"adaptive"` | which value leaves when there are too many: `adaptive`, `fifo`, `lfu`, `lru`, `s3-fifo`, `sieve`, `w-tinylfu` |
/// | `tags = ["user:{id}", "users"]` | none | what `invalidate_by_tag` finds the value by |
/// | `key = "user:{id}:{options.lang}"` | all arguments | what the value is found by: a template, or any expression of the arguments |
/// | `cache = "users"` or `cache = USERS` | one of its own | the cache, by its name or as an expression |
/// | `tier = memory` | `both` | which tiers of that cache are meant: `memory`, `storage`, `both` |
/// | `id = "user"`, `version = 2` | path of the function | what the function is called in a storage |
/// | `cache_if = \|value\| …` | always | whether to store a value (the success of a `Result`) |
/// | `cache_errors = \|error\| …` | never | how long to store an error: `Some(duration)`, or `None` for not at all |
/// | `crate = path` | `::cachefn_core` | where `cachefn_core` is, if another crate hands it on |
///
/// ```
/// # use cachefn_core::cachefn;
/// #[cachefn(
///     ttl = "1h",
///     tti = "10m",
///     jitter = 0.1,
///     negative_ttl = "10s",
///     stale_while_revalidate = 60,
///     load_timeout = "5s",
///     max_weight = 1_000_000,
///     weigher = |key, value| (key.0.len() + value.as_ref().map_or(0, String::len)) as u64,
/// )]
/// fn title(page: &str) -> Option<String> {
///     page.strip_prefix("page ").map(str::to_uppercase)
/// }
///
/// assert_eq!((title("page one").as_deref(), title("two")), (Some("ONE"), None));
/// assert_eq!(title::cache().stats().weight, 8 + 3 + 3);
/// ```
///
/// With `cache_errors` the cache holds whole results, and the error has to be `Clone` too.
///
/// ```
/// # use cachefn_core::cachefn;
/// # use std::{cell::Cell, time::Duration};
/// # thread_local!(static RUNS: Cell<u32> = const { Cell::new(0) });
/// #[derive(Debug, Clone, PartialEq)]
/// enum Fault {
///     Missing,
///     Busy,
/// }
///
/// #[cachefn(
///     cache_if = |value| *value < 100,
///     cache_errors = |error| (*error == Fault::Missing).then_some(Duration::from_secs(10)),
/// )]
/// fn load(id: u32) -> Result<u32, Fault> {
///     RUNS.set(RUNS.get() + 1);
///     match id {
///         0 => Err(Fault::Missing),
///         1 => Err(Fault::Busy),
///         id => Ok(id),
///     }
/// }
///
/// for id in [0, 1, 2, 100] {
///     assert_eq!(load(id), load(id));
/// }
/// assert_eq!(RUNS.get(), 6); // twice for 1, which is not stored, and for 100
/// ```
///
/// # Keys
/// Without `key`, the key `K` is the tuple of the arguments, owned: `(u64, String)` for
/// `(id: u64, text: &str)`. References are looked up as they are, also in options, tuples and lists
/// (`Option<&str>`, `&[(&str, u8)]`). The parts have to be `Hash + Eq + Clone + Send + Sync + 'static`.
/// By hand an entry is found by the key that the companion makes: `rights::cache().get(&rights::key(7, "eu"))`.
/// Globs match the text of the key, in which texts have quotes: `7,"eu"`.
///
/// With `key`, it is a `String` (of a generic function, a `String` beside its types). Templates name arguments in braces, also their parts
/// (`{options.lang}`, `{pair.0}`); `{{` and `}}` are braces. What stands in a field is written by
/// `Display`. In a field that is followed by text, `%` and the first letter of that text are written as
/// `%25` and the like, so that different arguments never make one key: `"{a}:{b}"` is `x%3Ay:z` for
/// `("x:y", "z")` and `x:y:z` for `("x", "y:z")`. An expression is written by
/// [`KeyText`](https://docs.rs/cachefn-core/latest/cachefn_core/trait.KeyText.html).
///
/// # Companions
/// Beside a function `f` stands an empty enum of its name, as visible as the function, with
/// - `f::cache()`: the cache, a `&'static MemoryCache<K, V>`, or of an `async fn` a `&'static Cache<K, V>`;
/// - `f::uncached(…)`: runs the function, reads and stores nothing;
/// - `f::refresh(…)`: runs the function and stores what it returns;
/// - `f::key(…)`: the key for these arguments;
/// - `f::warm(iterator)`: runs the function for arguments whose values are not there yet, and returns
///   how many it loaded. An item is the argument, or a tuple if there are several (or none). Errors
///   stop nothing. A borrowing type without a visible lifetime has to show it: `View<'_>`.
///
/// Those of an `async fn` are `async` too, but for `cache` and `key`, and `f::warm(iterator, warming)` is
/// told by a `Warming` how many may run at a time, and whom to tell of progress.
///
/// ```
/// # use cachefn_core::cachefn;
/// #[cachefn(key = "{language}/{page.0}")]
/// fn title(page: (u32, u32), language: &str) -> String {
///     format!("page {} of {} ({language})", page.0, page.1)
/// }
///
/// assert_eq!(title::key((3, 9), "en"), "en/3");
/// assert_eq!(title((3, 9), "en"), "page 3 of 9 (en)");
/// assert_eq!(title::cache().get("en/3").as_deref(), Some("page 3 of 9 (en)"));
/// assert_eq!(title((3, 10), "en"), "page 3 of 9 (en)"); // the same key
/// assert_eq!(title::refresh((3, 10), "en"), "page 3 of 10 (en)");
/// assert_eq!(title::uncached((3, 11), "en"), "page 3 of 11 (en)");
/// assert_eq!(title::warm((3..6).map(|number| ((number, 10), "en"))), 2);
/// ```
///
/// # Methods
/// An `impl` has no room for an enum, so the companions of a method `load` stand beside it as
/// `load_cache`, `load_uncached`, `load_refresh`, `load_key` and `load_warm` (which needs a borrowed
/// `self`). A method needs a `key`; it names what tells instances apart, or nothing of `self` if all of
/// them give the same values. A method of a generic type has a cache for each type, and the type has
/// to be `'static`.
///
/// ```
/// # use cachefn_core::cachefn;
/// struct Store {
///     tenant: String,
/// }
///
/// impl Store {
///     #[cachefn(key = "user:{self.tenant}:{id}", ttl = "1m")]
///     fn load(&self, id: u64) -> String {
///         format!("user {id} of {}", self.tenant)
///     }
///
///     #[cachefn]
///     fn open(tenant: &str) -> std::sync::Arc<Self> {
///         Store { tenant: tenant.to_owned() }.into()
///     }
///
///     #[cachefn(Self)] // nothing else here says that it belongs to a type
///     fn double(id: u64) -> u64 {
///         id * 2
///     }
/// }
///
/// let store = Store::open("eu");
/// assert_eq!(store.load(7), "user 7 of eu");
/// assert_eq!(store.load_key(7), "user:eu:7");
/// assert_eq!(Store::load_cache().get("user:eu:7").as_deref(), Some("user 7 of eu"));
/// assert_eq!((store.load_warm([7, 8]), Store::double_warm(1..=3)), (1, 3));
/// ```
///
/// The attribute knows that a function belongs to a type by `self`, or by the word `Self` anywhere in
/// it or among the arguments of the attribute. Without one, the compiler says that an enum is not
/// supported in an `impl`: write `#[cachefn(Self)]`.
///
/// The `impl` of a trait takes no companions (the compiler says that `load_cache` is no member of the
/// trait). There the word `trait` leaves them out: the method is cached, and nothing else can reach its
/// cache, so that lifetimes and limits are all that ends its values.
///
/// ```
/// # use cachefn_core::cachefn;
/// trait Weather {
///     fn today(&self, city: &str) -> String;
/// }
///
/// struct Almanac(u32);
///
/// impl Weather for Almanac {
///     #[cachefn(trait, key = "{self.0}/{city}", ttl = "1h")]
///     fn today(&self, city: &str) -> String {
///         format!("rain in {city} in {}", self.0)
///     }
/// }
///
/// assert_eq!(Almanac(1900).today("Rome"), "rain in Rome in 1900");
/// assert_eq!(Almanac(2000).today("Rome"), "rain in Rome in 2000");
/// ```
///
/// # Type parameters
/// A generic function, or one with `impl Trait` arguments, needs a `key`, a value whose type does not
/// depend on the parameters, and parameters that are `'static`. One cache serves all types; which they
/// are, and the values of constants, joins the key. Patterns match the text of the key.
///
/// ```
/// # use cachefn_core::cachefn;
/// # use std::{any::type_name, fmt::Display};
/// #[cachefn(key = "{value}")]
/// fn shown<T: Display + 'static>(value: T) -> String {
///     format!("{value}: {}", type_name::<T>())
/// }
///
/// assert_eq!((shown(7_u8), shown(7_u64)), ("7: u8".into(), "7: u64".into()));
/// assert_eq!((shown(7_u8), shown::cache().len()), ("7: u8".into(), 2));
/// ```
///
/// # Other caches
/// With `cache = "users"` the values lie in the `NamedCache` that the program registers under that name:
/// in memory, and in its storage, where they survive the process. They have to be `Serialize` and
/// `DeserializeOwned`, and the keys need `KeyText`. What the attribute says wins over what the named cache
/// says. A synchronous function waits for no task, so the storage has to answer at once: one that does
/// not is a panic with the first call, which says so.
///
/// ```
/// # use cachefn_core::{NamedCache, cachefn};
/// # use std::time::Duration;
/// # struct Nothing;
/// # impl cachefn_core::Storage for Nothing {
/// #     async fn get(&self, _: &[u8]) -> Result<Option<cachefn_core::Found>, cachefn_core::Error> { Ok(None) }
/// #     async fn set(&self, _: &[u8], _: bytes::Bytes, _: cachefn_core::Keep<'_>) -> Result<(), cachefn_core::Error> { Ok(()) }
/// #     async fn delete(&self, _: &[u8]) -> Result<bool, cachefn_core::Error> { Ok(false) }
/// # }
/// # let storage = Nothing;
/// #[cachefn(cache = "users", key = "user:{id}", ttl = "1h")]
/// async fn user(id: u64) -> String {
///     format!("user {id}")
/// }
///
/// # pollster::block_on(async {
/// // Before the first call: any storage, the file storage for example.
/// let users = NamedCache::builder("users").storage(storage).ttl(Duration::from_secs(60)).register()?;
/// assert_eq!((user(7).await, user(7).await), ("user 7".into(), "user 7".into()));
/// assert_eq!(user::cache().get("user:7").await?.as_deref(), Some("user 7"));
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
///
/// - Without `key`, a function has the namespace `{cache}/{id}` in the storage, and a memory of its own. The
///   `id` is the path of the function unless said; a `version` leaves what was stored before behind.
/// - Functions with a `key` share the namespace `{cache}`, in which the key is all that tells entries
///   apart, and those with the same type of value one memory, whose limits are those of the named cache.
///   Another type of value there is a panic with the first call, which names both.
/// - `f::cache()` is a `Cache<K, V>`, a clone. A tag that is invalidated by it leaves the memory of this
///   function; `NamedCache::invalidate_by_tag` reaches all functions.
/// - A name that nobody registered is a cache in memory with the settings of the attribute. Whoever
///   `NamedCache::subscribe`s hears of it, once.
/// - Tests put another cache in its place by `with_cache` and `with_cache_async`.
///
/// With `cache = expression` the values lie in the `Cache` (or, of a synchronous function, `MemoryCache`)
/// that the expression is or leads to: a static, a field of `self`, an `Arc`. Its limits are its own. The
/// key is the tuple of the arguments, or a `String` where there is a `key`. A synchronous function has no
/// `f::cache()` then.
///
/// ```
/// # use cachefn_core::{Cache, cachefn};
/// struct Store {
///     users: Cache<String, String>,
/// }
///
/// impl Store {
///     #[cachefn(cache = self.users, key = "user:{id}")]
///     async fn user(&self, id: u64) -> String {
///         format!("user {id}")
///     }
/// }
///
/// # pollster::block_on(async {
/// let store = Store { users: Cache::builder("users").build()? };
/// assert_eq!(store.user(7).await, "user 7");
/// assert_eq!(store.users.get("user:7").await?.as_deref(), Some("user 7"));
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
///
/// # In the background
/// Without a `runtime`, nothing runs but what a caller waits for: of a value that is stale but may be
/// returned, the first caller runs the function, and the others have the value at once. With a `runtime`
/// the first caller has it at once too. Then, and with `refresh_after`, the future of the function has to
/// be `Send`, the arguments must be owned or references to what can be cloned, and a run goes on to its
/// end though its callers are dropped.
///
/// ```
/// # use cachefn_core::{BoxFuture, Runtime, cachefn};
/// # use std::time::Duration;
/// struct Threads;
/// impl Runtime for Threads {
///     fn spawn(&self, task: BoxFuture<'static, ()>) {
///         std::thread::spawn(|| pollster::block_on(task));
///     }
///     fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
///         let (sender, receiver) = futures_channel::oneshot::channel();
///         std::thread::spawn(move || {
///             std::thread::sleep(duration);
///             sender.send(())
///         });
///         Box::pin(async { receiver.await.unwrap_or(()) })
///     }
/// }
///
/// #[cachefn(ttl = "5m", refresh_after = 0.8, load_timeout = "5s", runtime = Threads)]
/// async fn page(name: &str) -> String {
///     format!("page {name}")
/// }
/// assert_eq!(pollster::block_on(page("one")), "page one");
/// ```
///
/// # What is stored
/// The returned value, and of a `Result` only the success: errors pass through. `None` is a value. An
/// early `return` and `?` leave the function like any other end of it. Values are cloned on a hit, so
/// put large ones into an `Arc`. They have to be `Clone + Send + Sync + 'static`. A `Result` that hides
/// behind another name is an error.
///
/// A call for the same key from within the function runs uncached instead of waiting for itself.
///
/// # What cannot be cached
/// `const` functions, functions with a foreign interface such as `extern "C"`, methods that
/// take `&mut self`, and functions that return nothing or something borrowed. Each is an error that
/// says what to do instead. A type or module of the function's name cannot stand beside it, because
/// the enum does.
#[proc_macro_attribute]
pub fn cachefn(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    pipeline(arguments.into(), item.into()).into()
}

fn pipeline(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let settings = parse::settings(arguments, &mut faults);
    let Some(function) = parse::function(item.clone(), &mut faults) else {
        return fallback::unchanged(&item, faults);
    };
    match validate::plan(settings, &function, &mut faults) {
        Some(plan) if faults.is_empty() => expand::expand(&plan, &function),
        Some(plan) => fallback::with_companions(&plan, &function, faults),
        None => fallback::unchanged(&function, faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    /// What the attribute makes of it, as text; it is always something the compiler can read.
    fn expanded(arguments: TokenStream, item: TokenStream) -> String {
        let tokens = pipeline(arguments, item);
        let file: syn::File = syn::parse2(tokens.clone()).expect("items");
        assert!(!file.items.is_empty());
        tokens.to_string()
    }

    #[test]
    fn a_function_becomes_itself_and_its_companions() {
        let text = expanded(
            quote!(),
            quote! {
                /// Doubles.
                #[must_use]
                pub(crate) fn double(mut number: u64) -> u64 { number *= 2; number }
            },
        );
        assert!(text.starts_with(
            "# [doc = r\" Doubles.\"] # [must_use] pub (crate) fn double (number : u64) -> u64 {"
        ));
        assert!(text.contains("pub (crate) enum double { }"));
        for companion in [
            "pub (crate) fn cache () -> & 'static :: cachefn_core :: MemoryCache < (u64 ,) , u64 >",
            "# [must_use] pub (crate) fn uncached (mut number : u64) -> u64 { number *= 2 ; number }",
            "pub (crate) fn refresh (number : u64) -> u64",
            "pub (crate) fn key (number : u64) -> (u64 ,)",
        ] {
            assert!(text.contains(companion), "{companion}\n{text}");
        }
        assert!(!text.contains("compile_error"));
    }

    #[test]
    fn settings_reach_the_builder() {
        let arguments = quote!(ttl = "5m", max_entries = LIMIT / 2, policy = "lru");
        let text = expanded(
            arguments,
            quote!(
                fn f() -> u8 {
                    1
                }
            ),
        );
        assert!(text.contains("const __MAX_ENTRIES : :: core :: primitive :: usize = LIMIT / 2 ;"));
        assert!(text.contains(". policy (:: cachefn_core :: Policy :: Lru)"));
        assert!(text.contains("= :: cachefn_core :: private :: duration (\"5m\") ;"));

        let text = expanded(
            quote!(ttl = 1_800u64),
            quote!(
                fn f() -> u8 {
                    1
                }
            ),
        );
        assert!(text.contains(":: core :: time :: Duration :: from_secs (1800)"));
        assert!(
            !text.contains(". policy") && !text.contains(". max_entries"),
            "they have defaults"
        );
    }

    #[test]
    fn every_setting_has_its_word_in_the_builder() {
        let arguments = quote! {
            ttl = "1h", tti = "5m", stale_while_revalidate = 1, stale_if_error = 2, negative_ttl = 3,
            load_timeout = 4, jitter = 1, max_weight = 5, weigher = weigh,
        };
        let item = quote!(
            fn f(id: u8) -> Result<Option<u8>, u8> {
                Ok(None)
            }
        );
        let text = expanded(arguments, item);
        for word in ["ttl", "tti", "stale_while_revalidate", "stale_if_error", "negative_ttl"] {
            assert!(text.contains(&format!(". {word} ({{ const __{} : ", word.to_uppercase())));
        }
        assert!(text.contains(". load_timeout ({ const __LOAD_TIMEOUT : "));
        assert!(text.contains(". jitter (1.0_f64)") && text.contains(". weigher (weigh)"));
        assert!(text.contains(". max_weight (__MAX_WEIGHT)"));
        assert!(!text.contains("compile_error"));
    }

    #[test]
    fn references_are_kept_owned() {
        let item = quote!(
            fn f(a: &str, b: &[u8], c: &Path, d: u8) -> u8 {
                d
            }
        );
        let text = expanded(quote!(), item);
        assert!(text.contains(
            "MemoryCache < (:: cachefn_core :: private :: String , :: cachefn_core :: private :: Vec < u8 > , \
             < Path as :: cachefn_core :: private :: ToOwned > :: Owned , u8 ,) , u8 >"
        ));
        assert!(text.contains(":: private :: Arguments ((* (& a) , * (& b) , * (& c) , (& d) ,))"));
    }

    #[test]
    fn a_field_escapes_what_follows_it() {
        let arguments = quote!(key = "u:{a}/{b.c.0}");
        let text = expanded(
            arguments,
            quote!(
                fn f(a: u8, b: Deep) -> u8 {
                    a
                }
            ),
        );
        for write in [
            "__text . push_str (\"u:\") ;",
            "write_field (& mut __text , & a , :: core :: option :: Option :: Some ('/')) ;",
            "write_field (& mut __text , & b . c . 0 , :: core :: option :: Option :: None) ;",
        ] {
            assert!(text.contains(write), "{write}\n{text}");
        }
    }

    #[test]
    fn another_path_to_the_crate_is_the_only_one() {
        let arguments = quote!(crate = library::caching, ttl = 5, tags = ["{id}"], key = (id, 1));
        let text = expanded(
            arguments,
            quote!(
                fn f(id: u8) -> Result<u8, u8> {
                    Ok(id)
                }
            ),
        );
        assert!(!text.contains("cachefn_core"));
        assert!(text.contains("library :: caching :: private :: enter"));
    }

    #[test]
    fn only_the_success_of_a_result_is_stored() {
        let item = quote!(
            fn f(id: u8) -> io::Result<Vec<u8>> {
                read(id)
            }
        );
        assert!(expanded(quote!(), item).contains("MemoryCache < (u8 ,) , Vec < u8 > >"));
    }

    #[test]
    fn patterns_become_names_and_stay_patterns_in_the_body() {
        let item = quote!(
            fn f((a, b): (u8, u8), _: u8, ref c @ 0..: u8) -> u8 {
                a + b + c
            }
        );
        let text = expanded(quote!(), item);
        assert!(
            text.contains("fn f (__argument_0 : (u8 , u8) , __argument_1 : u8 , c : u8) -> u8")
        );
        assert!(
            text.contains("fn uncached ((a , b) : (u8 , u8) , _ : u8 , ref c @ 0 .. : u8) -> u8")
        );
    }

    #[test]
    fn a_faulty_attribute_leaves_all_companions() {
        let arguments = quote!(tll = 5, key = "{nobody}", policy = "lif");
        let text = expanded(
            arguments,
            quote!(
                fn f(id: u8) -> u8 {
                    id
                }
            ),
        );
        assert_eq!(text.matches("compile_error").count(), 3);
        for companion in ["fn cache", "fn uncached", "fn refresh", "fn key", "fn warm"] {
            assert!(text.contains(companion));
        }
    }

    #[test]
    fn a_function_that_cannot_be_cached_stays_as_it_was() {
        let item = quote!(
            pub const fn f<T>(it: &mut T) -> u8 {
                1
            }
        );
        let text = expanded(quote!(), item.clone());
        assert!(text.starts_with(&item.to_string()));
        assert_eq!(text.matches("compile_error").count(), 3);
        assert!(!text.contains("enum"));
    }

    #[test]
    fn what_is_no_function_stays_as_it_was() {
        let item = quote!(
            struct Settings {
                size: usize,
            }
        );
        let text = expanded(quote!(ttl = 5), item.clone());
        assert!(text.starts_with(&item.to_string()));
        assert_eq!(text.matches("compile_error").count(), 1);
    }

    #[test]
    fn every_fault_is_told() {
        let arguments =
            quote!("5m", ttl, ttl = -1, ttl = 2, shiny, tags = "x" max_entries = 0, crate = "x");
        let text = expanded(
            arguments,
            quote!(
                fn f(id: u8) -> u8 {
                    id
                }
            ),
        );
        for fault in [
            "arguments have names",
            "`ttl` needs a value",
            "`ttl` is given twice",
            "a length of time cannot be negative",
            "unknown argument `shiny`",
            "separate the arguments by commas",
            "tags are a list",
            "write the path without quotes",
        ] {
            assert!(text.contains(fault), "{fault}\n{text}");
        }
    }
}
