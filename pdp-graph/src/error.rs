/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// The text names no resource of a type that the policies declare.
    #[error("`{0}` is no resource: no declared type, a colon and an id")]
    Reference(String),
}
