//! How a value becomes bytes, and a value again.

use alloc::vec::Vec;

use crate::error::Error;
use crate::maybe_send::{MaybeSend, MaybeSync};

/// Turns values of the type `V` into bytes and back, for a cache with a storage.
///
/// `Postcard`, `Json` and `MessagePack` (each a feature) do it for every type of `serde`. For a format
/// of your own:
///
/// ```
/// use cachefn_core::{Codec, Error};
///
/// struct Utf8;
/// impl Codec<String> for Utf8 {
///     fn id(&self) -> u8 {
///         200
///     }
///     fn encode(&self, value: &String, out: &mut Vec<u8>) -> Result<(), Error> {
///         out.extend_from_slice(value.as_bytes());
///         Ok(())
///     }
///     fn decode(&self, bytes: &[u8]) -> Result<String, Error> {
///         String::from_utf8(bytes.to_vec()).map_err(|error| Error::decoding(error))
///     }
/// }
/// assert_eq!(Utf8.decode(b"Ada")?, "Ada");
/// # Ok::<(), Error>(())
/// ```
pub trait Codec<V>: MaybeSend + MaybeSync + 'static {
    /// The number of the format in a record; 128 and above are free for formats of your own. A record
    /// of another number is a miss.
    fn id(&self) -> u8;

    /// Appends the bytes of a value.
    ///
    /// # Errors
    /// Of kind `codec`, made with [`Error::encoding`], when the value has no bytes in this format.
    fn encode(&self, value: &V, out: &mut Vec<u8>) -> Result<(), Error>;

    /// The value that these bytes stand for.
    ///
    /// # Errors
    /// Of kind `codec`, made with [`Error::decoding`]. Whatever the bytes are, it must not panic, and
    /// must not ask for more memory than they justify.
    fn decode(&self, bytes: &[u8]) -> Result<V, Error>;

    /// A number that changes when the type changes in a way that makes old bytes unreadable, or
    /// readable as something else; a record of another number is a miss. 0 says that the format tells
    /// for itself.
    fn schema(&self) -> u32 {
        0
    }
}
