//! How a caller shows who it is.

/// What a connection and the head of a request show of the caller.
///
/// A key counts alone: who states one is who it says, or nobody. Without one the names in a
/// verified client certificate count, and without that being on this machine.
#[derive(Clone, Copy, Debug)]
pub enum Credential<'a> {
    /// An API key.
    Key(&'a str),
    /// The names in a client certificate whose chain was verified, such as
    /// `spiffe://example/billing` (URI) or `billing.internal` (DNS).
    Certificate(&'a [String]),
    /// The other end of a Unix socket, or of a connection over the loopback interface.
    Local,
    /// Nothing.
    Nothing,
}
