//! What a server was asked to be like.

#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) lines: Vec<String>,
    pub(crate) password: Option<String>,
    pub(crate) tls_names: Option<String>,
    pub(crate) only_socket: bool,
    pub(crate) is_sentinel: bool,
}
