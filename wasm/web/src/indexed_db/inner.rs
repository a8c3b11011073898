//! What all clones of the storage share; what is done with it stands in files of its own.

use std::rc::Rc;

use cachefn_core::Clock;

use super::connection::Connection;

pub(super) struct Inner {
    pub(super) database: String,
    pub(super) connection: Rc<Connection>,
    pub(super) clock: Box<dyn Clock>,
}
