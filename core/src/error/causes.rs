//! Errors as storages and codecs make them, from what went wrong beneath.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use super::{Error, ErrorKind, Made, Report};

type Beneath = Box<dyn core::error::Error + Send + Sync>;

impl Error {
    /// The storage could not be asked, or did not answer: the same call may succeed later. `source` is
    /// an error or a text.
    ///
    /// ```
    /// use cachefn_core::{Error, ErrorKind};
    /// let error = Error::unavailable("get", "connection refused");
    /// assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true));
    /// assert_eq!(error.to_string(), "get: connection refused");
    /// ```
    pub fn unavailable(operation: &'static str, source: impl Into<Beneath>) -> Self {
        Error::beneath(ErrorKind::Unavailable, operation, source.into())
    }

    /// What the storage holds is damaged.
    ///
    /// ```
    /// use cachefn_core::{Error, ErrorKind};
    /// assert_eq!(Error::corrupt("open", "not a cache").kind(), ErrorKind::Corrupt);
    /// ```
    pub fn corrupt(operation: &'static str, source: impl Into<Beneath>) -> Self {
        Error::beneath(ErrorKind::Corrupt, operation, source.into())
    }

    /// A setting cannot work; say which, and what would.
    ///
    /// ```
    /// use cachefn_core::{Error, ErrorKind};
    /// let error = Error::config("open", "/var/cache is a folder; name a file in it");
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// ```
    pub fn config(operation: &'static str, source: impl Into<Beneath>) -> Self {
        Error::beneath(ErrorKind::Config, operation, source.into())
    }

    /// It took longer than it may.
    ///
    /// ```
    /// use cachefn_core::{Error, ErrorKind};
    /// assert_eq!(Error::timeout("get", "no answer in 50 ms").kind(), ErrorKind::Timeout);
    /// ```
    pub fn timeout(operation: &'static str, source: impl Into<Beneath>) -> Self {
        Error::beneath(ErrorKind::Timeout, operation, source.into())
    }

    /// The storage has no way to do it; `detail` says what would.
    ///
    /// ```
    /// use cachefn_core::{Error, ErrorKind};
    /// assert_eq!(Error::unsupported("scan", "names cannot be listed").kind(), ErrorKind::Unsupported);
    /// ```
    pub fn unsupported(operation: &'static str, detail: impl Into<String>) -> Self {
        Error::new(ErrorKind::Unsupported, operation, detail)
    }

    /// A value has no bytes in this format.
    ///
    /// ```
    /// use cachefn_core::{Error, ErrorKind};
    /// let error = Error::encoding("a map needs texts as its keys");
    /// assert_eq!((error.kind(), error.operation()), (ErrorKind::Codec, "encode"));
    /// ```
    pub fn encoding(source: impl Into<Beneath>) -> Self {
        Error::beneath(ErrorKind::Codec, "encode", source.into())
    }

    /// Bytes stand for no value of this type.
    ///
    /// ```
    /// use cachefn_core::{Error, ErrorKind};
    /// let error = Error::decoding("it ends too early");
    /// assert_eq!((error.kind(), error.operation()), (ErrorKind::Codec, "decode"));
    /// ```
    pub fn decoding(source: impl Into<Beneath>) -> Self {
        Error::beneath(ErrorKind::Codec, "decode", source.into())
    }

    fn beneath(kind: ErrorKind, operation: &'static str, source: Beneath) -> Self {
        let (detail, source) = (source.to_string(), Some(Arc::from(source)));
        Error(Report::Made(Box::new(Made { kind, operation, detail, source })))
    }
}
