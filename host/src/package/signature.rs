//! Signatures of published plugins, as cosign makes them with a key: a small document that names the digest of a manifest,
//! signed, beside the manifest in the registry; or, since its third version, a sigstore bundle, whose signed statement
//! names the digest. Only the key counts: what a transparency log or an authority for certificates would add is not looked
//! at.

use std::path::Path;

use anyhow::Context;
use base64::Engine;
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;

use super::lock::Locked;
use super::manifest::{Key, Registries};
use super::reference::Repository;
use super::resolve::inside;
use crate::plugin::source::sha256;

/// What the encoded form of each kind of key begins with, and how many bytes of key follow.
const KINDS: &[(&[u8], usize, &'static dyn VerificationAlgorithm)] = &[
    (
        &[
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ],
        65,
        &ECDSA_P256_SHA256_ASN1,
    ),
    (&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00], 32, &ED25519),
];
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";
const MOST_SIGNATURES: usize = 50;
/// What cosign writes as the kind of its documents.
const KIND: &str = "cosign container image signature";
/// What its statements say: that this was signed. Statements of another kind, such as where something was built, are none
/// about what may be run.
const STATEMENT: &str = "https://sigstore.dev/cosign/sign/v1";
const STATEMENT_TYPE: &str = "application/vnd.in-toto+json";

/// A key that signatures are checked with.
#[derive(Clone, Debug)]
pub(crate) struct PublicKey {
    key: UnparsedPublicKey<Vec<u8>>,
    /// SHA-256 of its encoded form in hexadecimal.
    pub(crate) fingerprint: String,
}

impl PublicKey {
    /// Reads a key as `cosign generate-key-pair` and `openssl` write it.
    ///
    /// # Errors
    /// When it is none, or of a kind that is not known here.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let inner = text.trim().strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
        let Some(inner) = inner else {
            return Err(format!("it is no public key: it has to begin with `{BEGIN}` and to end with `{END}`"));
        };
        let encoded: String = inner.chars().filter(|char| !char.is_whitespace()).collect();
        let bytes = decode(&encoded).ok_or("it is no public key: what is between the lines is not base64")?;
        for (prefix, length, algorithm) in KINDS {
            if let Some(key) = bytes.strip_prefix(*prefix).filter(|key| key.len() == *length) {
                let key = UnparsedPublicKey::new(*algorithm, key.to_vec());
                return Ok(Self { key, fingerprint: sha256(&bytes) });
            }
        }
        Err("it is a key of another kind than ECDSA P-256 and Ed25519".to_owned())
    }

    /// Whether a document of cosign is signed with this key and speaks of a manifest, given by its SHA-256.
    pub(crate) fn signs(&self, document: &[u8], signature: &str, manifest: &str) -> bool {
        let is_signed = decode(signature).is_some_and(|signature| self.key.verify(document, &signature).is_ok());
        let names = serde_json::from_slice::<Document>(document).is_ok_and(|document| {
            document.critical.kind == KIND && document.critical.image.digest == format!("sha256:{manifest}")
        });
        is_signed && names
    }

    /// Whether a bundle of sigstore is signed with this key and speaks of a manifest, given by its SHA-256.
    pub(crate) fn signs_in(&self, bundle: &[u8], manifest: &str) -> bool {
        let Ok(Bundle { dsse_envelope: envelope }) = serde_json::from_slice::<Bundle>(bundle) else { return false };
        let Some(payload) = decode(&envelope.payload) else { return false };
        // What is signed: the "pre-authentication encoding" of the Dead Simple Signing Envelope.
        let mut signed = format!("DSSEv1 {} {STATEMENT_TYPE} {} ", STATEMENT_TYPE.len(), payload.len()).into_bytes();
        signed.extend_from_slice(&payload);
        let is_signed = envelope.payload_type == STATEMENT_TYPE
            && envelope.signatures.iter().take(MOST_SIGNATURES).any(|signature| {
                decode(&signature.sig).is_some_and(|signature| self.key.verify(&signed, &signature).is_ok())
            });
        let names = serde_json::from_slice::<Statement>(&payload).is_ok_and(|statement| {
            statement.predicate_type == STATEMENT
                && statement.subject.iter().any(|subject| subject.digest.sha256.as_deref() == Some(manifest))
        });
        is_signed && names
    }
}

/// The key that plugins of a repository have to be signed with, if the manifest has one.
///
/// # Errors
/// When the key can't be read.
pub(crate) fn key_for(
    root: &Path,
    registries: &Registries,
    repository: &Repository,
) -> anyhow::Result<Option<PublicKey>> {
    let key = match registries.of(repository).and_then(|registry| registry.key.as_ref()) {
        None => return Ok(None),
        Some(Key::Text(text)) => PublicKey::parse(text),
        Some(Key::File(path)) => {
            let text = std::fs::read_to_string(inside(root, path)?).with_context(|| path.clone())?;
            PublicKey::parse(&text).map_err(|error| format!("{path}: {error}"))
        }
    };
    key.map(Some).map_err(|error| anyhow::anyhow!(error))
}

/// Whether a lock file says that a plugin was signed with a key, where one is wanted.
pub(crate) fn is_signed(locked: &Locked, key: Option<&PublicKey>) -> bool {
    key.is_none_or(|key| locked.key.as_ref() == Some(&key.fingerprint))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

#[derive(Deserialize)]
struct Document {
    critical: Critical,
}

#[derive(Deserialize)]
struct Critical {
    image: Image,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Image {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    dsse_envelope: Envelope,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    sig: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    predicate_type: String,
    subject: Vec<Subject>,
}

#[derive(Deserialize)]
struct Subject {
    digest: Digests,
}

#[derive(Deserialize)]
struct Digests {
    sha256: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_is_refused() {
        let error = |text: &str| PublicKey::parse(text).err().unwrap_or_default();
        assert!(error("").contains("it has to begin with"));
        assert!(error(&format!("{BEGIN}\n???\n{END}")).contains("not base64"));
        assert!(error(&format!("{BEGIN}\nAAAA\n{END}")).contains("of another kind"));
    }
}
