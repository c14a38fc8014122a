//! The layout of a plugin in a registry: one manifest with a configuration for WebAssembly and one layer, the component.

use std::collections::BTreeMap;

use semver::Version;
use serde::Deserialize;
use serde_json::json;

use crate::plugin::component::{Inspected, LARGEST_COMPONENT, inspect, interface_of};
use crate::plugin::source::{Source, sha256};

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const LAYER: &str = "application/wasm";
const SIGNED: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.";
/// A document of cosign, or a bundle of sigstore, in bytes.
pub(super) const LARGEST_SIGNED: u64 = 256 << 10;
/// Lists of manifests are asked for too, so that the message can say what is there.
pub(super) const ACCEPTED: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";

/// A plugin in a registry, as far as its manifest tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Artifact {
    /// SHA-256 of the component in hexadecimal.
    pub(crate) digest: String,
    /// SHA-256 of the manifest in hexadecimal: what signatures speak of.
    pub(crate) manifest: String,
    /// The version of the interface that it wants; none when the publisher did not write it down.
    pub(crate) interface: Option<Version>,
}

impl Artifact {
    pub(super) fn new(digest: String, manifest: String, config: Option<Config>) -> Self {
        let component = config.and_then(|config| config.component);
        let interface = component.and_then(|it| interface_of(it.imports.iter().chain(&it.exports)));
        Self { digest, manifest, interface }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub(super) config: Option<Descriptor>,
    pub(super) layers: Option<Vec<Descriptor>>,
    /// Those of a list of manifests.
    manifests: Option<Vec<serde_json::Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    /// Of a manifest in a list: what it holds.
    artifact_type: Option<String>,
    digest: String,
    pub(super) size: u64,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

/// The configuration, which names what a component imports and exports.
#[derive(Deserialize)]
pub(super) struct Config {
    component: Option<ConfigComponent>,
}

#[derive(Deserialize)]
struct ConfigComponent {
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    exports: Vec<String>,
}

impl Descriptor {
    /// The signature that cosign writes beside a signed document.
    pub(super) fn signature(&self) -> Option<&str> {
        let signature = self.annotations.get("dev.cosignproject.cosign/signature")?;
        (self.media_type == SIGNED && self.size <= LARGEST_SIGNED).then_some(signature)
    }

    /// Whether it is a bundle of sigstore.
    pub(super) fn is_bundle(&self) -> bool {
        self.media_type.starts_with(BUNDLE) && self.size <= LARGEST_SIGNED
    }

    /// Whether the manifest that it names may hold a bundle of sigstore.
    pub(super) fn may_hold_bundle(&self) -> bool {
        self.artifact_type.as_ref().is_none_or(|kind| kind.starts_with(BUNDLE))
    }

    /// The digest in hexadecimal.
    ///
    /// # Errors
    /// When it is of another kind.
    pub(super) fn sha256(&self) -> Result<&str, String> {
        let hex = self.digest.strip_prefix("sha256:").filter(|hex| {
            hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        });
        hex.ok_or_else(|| format!("`{}` is no sha256 digest", self.digest.chars().take(80).collect::<String>()))
    }
}

impl Manifest {
    /// The manifests that a list names, without those that are named wrongly.
    pub(super) fn listed(&self) -> impl Iterator<Item = Descriptor> {
        self.manifests.iter().flatten().filter_map(|it| Descriptor::deserialize(it).ok())
    }

    /// The digest of the component.
    ///
    /// # Errors
    /// When the manifest is none of a component.
    pub(super) fn component(&self) -> Result<String, String> {
        if self.manifests.is_some() {
            return Err("a list of manifests, and a plugin is a single one".to_owned());
        }
        let layers = self.layers.as_deref().unwrap_or_default();
        let [layer] = layers else {
            return Err(format!("{} layers, and a plugin has one of the type {LAYER}", layers.len()));
        };
        if layer.media_type != LAYER {
            return Err(format!("its layer is `{}`, and a plugin's is {LAYER}", layer.media_type));
        }
        if layer.size > LARGEST_COMPONENT as u64 {
            return Err(format!("{} bytes, more than the {LARGEST_COMPONENT} that a plugin may have", layer.size));
        }
        layer.sha256().map(str::to_owned)
    }
}

/// The tag of a version. Tags have no `+`.
pub(crate) fn tag_of(version: &Version) -> String {
    version.to_string().replace('+', "_")
}

/// The version that a tag names, if it names one.
pub(crate) fn version_of(tag: &str) -> Option<Version> {
    Version::parse(&tag.replacen('_', "+", 1)).ok()
}

/// The configuration of a component. It is the same for the same component: the time in it is always the first.
pub(super) fn config_of(source: &Source) -> String {
    let (imports, exports) = match inspect(&source.wasm) {
        Ok(Inspected { imports, exports, .. }) => (imports, exports),
        Err(_) => Default::default(),
    };
    json!({
        "created": "1970-01-01T00:00:00Z",
        "architecture": "wasm",
        "os": "wasip2",
        "layerDigests": [format!("sha256:{}", source.digest)],
        "component": { "imports": imports, "exports": exports, "target": null },
    })
    .to_string()
}

pub(super) fn manifest_of(source: &Source, config: &str) -> String {
    let description = &source.description;
    json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": CONFIG,
            "digest": format!("sha256:{}", sha256(config.as_bytes())),
            "size": config.len(),
        },
        "layers": [{
            "mediaType": LAYER,
            "digest": format!("sha256:{}", source.digest),
            "size": source.wasm.len(),
        }],
        "annotations": {
            "org.opencontainers.image.title": description.name,
            "org.opencontainers.image.description": description.title,
            "org.opencontainers.image.version": description.version.to_string(),
        },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(text: &str) -> Result<String, String> {
        serde_json::from_str::<Manifest>(text).map_err(|error| error.to_string())?.component()
    }

    #[test]
    fn manifests_of_something_else_are_refused() {
        let layer = |kind: &str, digest: &str| {
            format!("{{\"layers\":[{{\"mediaType\":\"{kind}\",\"digest\":\"{digest}\",\"size\":3}}]}}")
        };
        let digest = "a".repeat(64);
        assert_eq!(component(&layer(LAYER, &format!("sha256:{digest}"))), Ok(digest));
        assert!(component(&layer("application/tar", "x")).is_err_and(|error| error.contains("its layer is")));
        assert!(component(&layer(LAYER, "md5:x")).is_err_and(|error| error.contains("no sha256 digest")));
        assert!(component("{\"manifests\":[]}").is_err_and(|error| error.contains("list of manifests")));
        assert!(component("{\"layers\":[]}").is_err_and(|error| error.contains("0 layers")));
    }

    #[test]
    fn tags_and_versions() {
        let version = Version::parse("1.2.3-rc.1+build.5").expect("a version");
        assert_eq!(tag_of(&version), "1.2.3-rc.1_build.5");
        assert_eq!(version_of("1.2.3-rc.1_build.5"), Some(version));
        assert_eq!(version_of("latest"), None);
    }
}
