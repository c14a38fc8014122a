//! Signatures that cosign's two layouts hold, made by OpenSSL and by sigstore's own library.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::packages::{component, fail, succeed};
use super::registries::{DebianRegistry, base64, wanting};
use super::server::{Answer, Server, Versions, json, sha256};
use super::{repository, root};

/// Signs a document with a key as cosign does, by OpenSSL; in base64.
fn signed(folder: &Path, key: &str, document: &[u8]) -> String {
    fs::write(folder.join("document"), document).unwrap();
    let arguments = ["dgst", "-sha256", "-sign", key, "-out", "signature", "document"];
    assert!(Command::new("openssl").args(arguments).current_dir(folder).status().unwrap().success());
    base64(&fs::read(folder.join("signature")).unwrap())
}

/// A new pair of keys in a folder; the public one's text.
fn key_pair(folder: &Path, name: &str) -> Option<String> {
    let arguments = ["ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", name];
    let made = Command::new("openssl").args(arguments).current_dir(folder).output().ok()?;
    assert!(made.status.success());
    let public = Command::new("openssl").args(["ec", "-in", name, "-pubout"]).current_dir(folder).output().unwrap();
    Some(String::from_utf8(public.stdout).unwrap())
}

/// A signed text and how it lies beside a plugin.
enum Signed {
    /// A document, signed as it is.
    Document(String),
    /// A statement in an envelope.
    Bundle { kind: &'static str, statement: String },
}

impl Signed {
    /// What the registry answers: paths below the repository, and bodies.
    fn answers(&self, keys: &Path, key: &str, manifest: &str) -> Vec<(String, String)> {
        match self {
            Self::Document(document) => {
                let (signature, blob) = (signed(keys, key, document.as_bytes()), sha256(document.as_bytes()));
                let layers = format!(
                    "{{\"layers\":[{{\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\",\"digest\":\
                     \"sha256:{blob}\",\"size\":{},\"annotations\":{{\"dev.cosignproject.cosign/signature\":\
                     \"{signature}\"}}}}]}}",
                    document.len()
                );
                vec![
                    (format!("/manifests/sha256-{manifest}.sig"), layers),
                    (format!("/blobs/sha256:{blob}"), document.clone()),
                ]
            }
            Self::Bundle { kind, statement } => {
                let text = format!("DSSEv1 {} {kind} {} {statement}", kind.len(), statement.len());
                let signature = signed(keys, key, text.as_bytes());
                let payload = base64(statement.as_bytes());
                let bundle = format!(
                    "{{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"verificationMaterial\":\
                     {{\"publicKey\":{{\"hint\":\"\"}}}},\"dsseEnvelope\":{{\"payload\":\"{payload}\",\"payloadType\":\
                     \"{kind}\",\"signatures\":[{{\"sig\":\"{signature}\"}}]}}}}"
                );
                let descriptor = |kind: &str, body: &str| {
                    format!(
                        "{{\"mediaType\":\"{kind}\",\"digest\":\"sha256:{}\",\"size\":{}}}",
                        sha256(body.as_bytes()),
                        body.len()
                    )
                };
                let layer = descriptor("application/vnd.dev.sigstore.bundle.v0.3+json", &bundle);
                let referring = format!("{{\"schemaVersion\":2,\"layers\":[{layer}]}}");
                let entry = descriptor("application/vnd.oci.image.manifest.v1+json", &referring);
                vec![
                    (format!("/manifests/sha256-{manifest}"), format!("{{\"manifests\":[7,{entry}]}}")),
                    (format!("/manifests/sha256:{}", sha256(referring.as_bytes())), referring),
                    (format!("/blobs/sha256:{}", sha256(bundle.as_bytes())), bundle),
                ]
            }
        }
    }
}

fn document(digest: &str) -> Signed {
    Signed::Document(format!(
        "{{\"critical\":{{\"identity\":{{\"docker-reference\":\"r.example/acme\"}},\"image\":\
         {{\"docker-manifest-digest\":\"sha256:{digest}\"}},\"type\":\"cosign container image signature\"}},\
         \"optional\":null}}"
    ))
}

fn bundle(digest: &str, predicate: &str) -> Signed {
    let statement = format!(
        "{{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{{\"name\":\"\",\"digest\":{{\"sha256\":\
         \"{digest}\"}}}}],\"predicateType\":\"{predicate}\",\"predicate\":{{}}}}"
    );
    Signed::Bundle { kind: "application/vnd.in-toto+json", statement }
}

const SIGN: &str = "https://sigstore.dev/cosign/sign/v1";

#[test]
fn signatures() {
    let keys = tempfile::tempdir().unwrap();
    let (Some(public), Some(other)) = (key_pair(keys.path(), "key.pem"), key_pair(keys.path(), "other.pem")) else {
        return;
    };
    let versions = Versions::default().with("1.0.0", component("acme", "1.0.0"), "0.1.0");
    let Answer::Say(_, _, manifest) = versions.answer("/v2/acme/manifests/1.0.0") else { panic!("no manifest") };
    let digest = sha256(&manifest);
    let elsewhere = "0".repeat(64);
    let (unsigned, wrong) =
        ("is not signed, and the manifest has a key for it", "not with the key that the manifest has for it");
    let in_kind = |kind: &'static str| match bundle(&digest, SIGN) {
        Signed::Bundle { statement, .. } => Signed::Bundle { kind, statement },
        document => document,
    };
    let cases = [
        ("a document", document(&digest), Some("key.pem"), ""),
        ("nothing", document(&digest), None, unsigned),
        ("a document by another key", document(&digest), Some("other.pem"), wrong),
        ("a document about another manifest", document(&elsewhere), Some("key.pem"), wrong),
        ("a bundle", bundle(&digest, SIGN), Some("key.pem"), ""),
        ("a bundle by another key", bundle(&digest, SIGN), Some("other.pem"), wrong),
        ("a bundle about another manifest", bundle(&elsewhere, SIGN), Some("key.pem"), wrong),
        ("where it was built", bundle(&digest, "https://slsa.dev/provenance/v1"), Some("key.pem"), wrong),
        ("an envelope of something else", in_kind("application/json"), Some("key.pem"), wrong),
    ];
    for (case, signed, key, expected) in cases {
        let answers = key.map(|key| signed.answers(keys.path(), key, &digest)).unwrap_or_default();
        let versions = versions.clone();
        let server = Server::new(move |request| {
            let answer = answers.iter().find(|(path, _)| request.path.ends_with(path));
            answer.map_or_else(|| versions.answer(&request.path), |(_, body)| json(body))
        });
        let more = format!("[registries.acme]\nurl = \"{}\"\nkey = \"acme.pub\"\n", server.address);
        let folder = wanting(&format!("{}/acme", server.address), "1", &more);
        let root = folder.path();
        assert!(fail(root, &["update"]).contains("acme.pub: No such file"));
        fs::write(root.join("acme.pub"), &public).unwrap();
        if !expected.is_empty() {
            let said = fail(root, &["update"]);
            assert!(said.contains(expected), "{case}: {said}");
            continue;
        }
        succeed(root, &["update"]);
        assert!(fs::read_to_string(root.join("plimsoll.lock")).unwrap().contains("\nkey = \"sha256:"));
        succeed(root, &["check", "--frozen"]);
        fs::remove_dir_all(root.join(".user/cache")).unwrap();
        succeed(root, &["fetch"]);
        // Another key now: what was locked with the old one is not enough.
        fs::write(root.join("acme.pub"), &other).unwrap();
        assert!(fail(root, &["check"]).contains("has to be signed, and plimsoll.lock does not say that it was"));
        assert!(fail(root, &["update"]).contains("not with the key"));
    }
}

/// What makes a signature with sigstore's library and attaches it to a plugin.
const SIGNER: &str = "tests/suite/sign.mjs";

#[test]
fn a_signature_by_sigstore_in_a_real_registry() {
    // The folder that has `node_modules` with sigstore's library.
    let Some(modules) = std::env::var_os("PLIMSOLL_TEST_SIGSTORE") else { return };
    let Some(registry) = DebianRegistry::start(None) else { return };
    let name = format!("{}/acme", registry.address);
    let keys = tempfile::tempdir().unwrap();
    let public = key_pair(keys.path(), "key.pem").unwrap();
    let author = repository(&[]);
    fs::write(author.path().join("plugin.wasm"), component("acme", "1.0.0")).unwrap();
    let said = succeed(author.path(), &["publish", "plugin.wasm", &name]);
    let digest = said.split("manifest sha256:").nth(1).unwrap()[..64].to_owned();

    let more = format!("[registries.acme]\nurl = \"{}\"\nkey = \"acme.pub\"\n", registry.address);
    let folder = wanting(&name, "1", &more);
    fs::write(folder.path().join("acme.pub"), public).unwrap();
    assert!(fail(folder.path(), &["update"]).contains("is not signed"));
    // Modules are looked for from where the script lies.
    let signer = Path::new(&modules).join("sign.mjs");
    fs::copy(root().join(SIGNER), &signer).unwrap();
    let mut node = Command::new("node");
    let output = node.arg(&signer).arg(keys.path().join("key.pem")).args([&name, &digest]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    succeed(folder.path(), &["update"]);
    succeed(folder.path(), &["check", "--frozen"]);
    let other = key_pair(keys.path(), "other.pem").unwrap();
    fs::write(folder.path().join("acme.pub"), other).unwrap();
    assert!(fail(folder.path(), &["update"]).contains("not with the key"));
}
