//! What the rules about JSON Web Tokens share: the calls of the libraries that are judged.

/// Calls that sign a token.
pub(crate) const ENCODE: &[&str] =
    &["jwt.encode", "jose.jwt.encode", "jwt.PyJWT().encode", "authlib.jose.jwt.encode", "joserfc.jwt.encode"];
/// Calls that read a token.
pub(crate) const DECODE: &[&str] = &["jwt.decode", "jose.jwt.decode", "jwt.PyJWT().decode"];
