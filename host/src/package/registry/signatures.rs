//! Signatures beside a plugin in a registry, in the two layouts that cosign writes: documents under a tag that is made of
//! the manifest's digest, and sigstore bundles that refer to the manifest. Registries that don't list what refers to a
//! manifest have that list under a tag too.

use super::artifact::{self, Artifact, Descriptor, Manifest};
use super::transport::{Request, parse};
use super::{Client, LARGEST_DOCUMENT, RegistryError};
use crate::package::reference::Repository;
use crate::package::signature::PublicKey;
use crate::plugin::source::sha256;

const MOST_SIGNATURES: usize = 50;

/// What a look for signatures of one layout found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signatures {
    None,
    /// Some, and none of them by the key.
    Others,
    ByTheKey,
}

impl Client {
    /// Makes sure that a version is signed with a key.
    ///
    /// # Errors
    /// When it is not, or the signatures can't be had.
    pub(crate) fn verify(
        &self,
        repository: &Repository,
        artifact: &Artifact,
        key: &PublicKey,
    ) -> Result<(), RegistryError> {
        self.with_mirror(repository, |repository| {
            let documents = self.documents(repository, artifact, key)?;
            let found = match documents {
                Signatures::ByTheKey => documents,
                _ => match self.bundles(repository, artifact, key)? {
                    Signatures::None => documents,
                    bundles => bundles,
                },
            };
            match found {
                Signatures::ByTheKey => Ok(()),
                Signatures::Others => Err(RegistryError::WrongSignature(repository.to_string())),
                Signatures::None => Err(RegistryError::Unsigned(repository.to_string())),
            }
        })
    }

    fn documents(
        &self,
        repository: &Repository,
        artifact: &Artifact,
        key: &PublicKey,
    ) -> Result<Signatures, RegistryError> {
        let what = format!("the signatures of {repository}@sha256:{}", artifact.manifest);
        let tag = format!("sha256-{}.sig", artifact.manifest);
        let Some(manifest) = self.manifest(repository, &format!("manifests/{tag}"), &what)? else {
            return Ok(Signatures::None);
        };
        for layer in manifest.layers.iter().flatten().take(MOST_SIGNATURES) {
            let Some(signature) = layer.signature() else { continue };
            let document = self.signed(repository, layer, &what)?;
            if key.signs(&document, signature, &artifact.manifest) {
                return Ok(Signatures::ByTheKey);
            }
        }
        Ok(Signatures::Others)
    }

    fn bundles(
        &self,
        repository: &Repository,
        artifact: &Artifact,
        key: &PublicKey,
    ) -> Result<Signatures, RegistryError> {
        let what = format!("what refers to {repository}@sha256:{}", artifact.manifest);
        let listed = self.manifest(repository, &format!("referrers/sha256:{}", artifact.manifest), &what)?;
        let list = match listed {
            Some(list) => Some(list),
            None => self.manifest(repository, &format!("manifests/sha256-{}", artifact.manifest), &what)?,
        };
        let mut found = Signatures::None;
        let referring = list.iter().flat_map(Manifest::listed).filter(Descriptor::may_hold_bundle);
        for referring in referring.take(MOST_SIGNATURES) {
            let digest = digest_of(&referring, &what)?;
            let Some(manifest) = self.manifest(repository, &format!("manifests/sha256:{digest}"), &what)? else {
                continue;
            };
            for layer in manifest.layers.iter().flatten().take(MOST_SIGNATURES).filter(|layer| layer.is_bundle()) {
                let bundle = self.signed(repository, layer, &what)?;
                if key.signs_in(&bundle, &artifact.manifest) {
                    return Ok(Signatures::ByTheKey);
                }
                found = Signatures::Others;
            }
        }
        Ok(found)
    }

    /// A manifest, or a list of them; none where there is none.
    fn manifest(&self, repository: &Repository, rest: &str, what: &str) -> Result<Option<Manifest>, RegistryError> {
        let request = Request::get(self.url(repository, rest), artifact::ACCEPTED, LARGEST_DOCUMENT, what.to_owned());
        let answer = match self.expect(repository, &request, "read") {
            Ok(answer) => answer,
            Err(RegistryError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        if let Some((_, expected)) = rest.split_once("manifests/sha256:") {
            let actual = sha256(&answer.body);
            if actual != expected {
                let (what, expected) = (what.to_owned(), expected.to_owned());
                return Err(RegistryError::Digest { what, expected, actual });
            }
        }
        parse(&answer.body, what).map(Some)
    }

    fn signed(&self, repository: &Repository, layer: &Descriptor, what: &str) -> Result<Vec<u8>, RegistryError> {
        self.blob_of(repository, digest_of(layer, what)?, artifact::LARGEST_SIGNED)
    }
}

fn digest_of<'d>(descriptor: &'d Descriptor, what: &str) -> Result<&'d str, RegistryError> {
    descriptor.sha256().map_err(|reason| RegistryError::Malformed { what: what.to_owned(), reason })
}
