//! Plugins from registries: one of this process that does what a test wants, and the one that Debian packages.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::packages::{command_in, component, fail, run_in, succeed};
use super::repository;
use super::server::{Answer, Server, Versions, json, sha256, status};

/// A repository that wants `acme` from a registry.
pub(super) fn wanting(repository_name: &str, version: &str, more: &str) -> tempfile::TempDir {
    let manifest = format!("[plugins]\nacme = {{ oci = \"{repository_name}\", version = \"{version}\" }}\n{more}");
    repository(&[("plimsoll.toml", &manifest), ("pyproject.toml", "[project]\nname = \"a\"\n")])
}

fn acme() -> Versions {
    Versions::default()
        .with("1.0.0", component("acme", "1.0.0"), "0.1.0")
        .with("1.1.0", component("acme", "1.1.0"), "0.1.0")
        .with("2.0.0", component("acme", "2.0.0"), "9.0.0")
}

#[test]
fn the_newest_that_fits_and_that_this_host_can_run() {
    let versions = acme();
    let server = Server::new(move |request| versions.answer(&request.path));
    let name = format!("{}/acme", server.address);
    let folder = wanting(&name, "*", "");
    let root = folder.path();
    assert!(fail(root, &["check"]).contains("is not in plimsoll.lock: run `plimsoll update`"));
    assert!(fail(root, &["update", "--offline"]).contains("the network is off"));
    let said = succeed(root, &["update"]);
    // 2.0.0 is for a newer host.
    assert!(said.contains("Adding acme 1.1.0"), "{said}");
    let lock = fs::read_to_string(root.join("plimsoll.lock")).unwrap();
    assert!(lock.contains(&format!("digest = \"sha256:{}\"", sha256(&component("acme", "1.1.0")))), "{lock}");
    let before = server.requests.lock().unwrap().len();
    succeed(root, &["tree"]);
    succeed(root, &["check", "--frozen"]);
    assert_eq!(server.requests.lock().unwrap().len(), before, "`check` and `tree` use no network");
    let outdated = succeed(root, &["outdated"]);
    assert!(outdated.contains("1.1.0") && outdated.contains("2.0.0"), "{outdated}");

    let folder = wanting(&name, "=1.0.0", "");
    succeed(folder.path(), &["update"]);
    fs::write(
        folder.path().join("plimsoll.toml"),
        format!("[plugins]\nacme = {{ oci = \"{name}\", version = \"1\" }}\n"),
    )
    .unwrap();
    succeed(folder.path(), &["check", "--locked"]);
    let said = succeed(folder.path(), &["update"]);
    assert!(said.contains("Updating acme 1.0.0 -> 1.1.0"), "{said}");

    let folder = wanting(&name, "2", "");
    let said = fail(folder.path(), &["update"]);
    assert!(said.contains("`acme` 2.0.0 wants plimsoll:plugin 9.0.0, and this plimsoll has up to"), "{said}");
    let folder = wanting(&name, "3", "");
    let said = fail(folder.path(), &["update"]);
    assert!(said.contains("fits ^3; there are: 2.0.0, 1.1.0, 1.0.0"), "{said}");
}

#[test]
fn a_store_is_repaired_and_a_lock_holds() {
    let versions = acme();
    let server = Server::new(move |request| versions.answer(&request.path));
    let folder = wanting(&format!("{}/acme", server.address), "1", "");
    let root = folder.path();
    succeed(root, &["update"]);
    let stored = root.join(format!(".user/cache/plimsoll/store/{}.wasm", sha256(&component("acme", "1.1.0"))));
    fs::write(&stored, b"damaged").unwrap();
    let check = |arguments: &[&str]| run_in(root, arguments).status.code();
    assert!(fail(root, &["check"]).contains("run `plimsoll fetch` to get it again"));
    assert!(fail(root, &["fetch", "--offline"]).contains("the network is off"));
    assert!(succeed(root, &["fetch"]).contains("Fetched acme 1.1.0"));
    assert_eq!(check(&["check"]), Some(0));
    fs::remove_file(&stored).unwrap();
    assert!(fail(root, &["check"]).contains("locked and not in the store: run `plimsoll fetch`"));
    succeed(root, &["vendor"]);
    fs::remove_dir_all(root.join(".user/cache")).unwrap();
    drop(server);
    assert_eq!(check(&["check", "--frozen"]), Some(0), "copies in the repository need neither store nor network");
}

#[test]
fn a_tag_that_moved() {
    let moved = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let now = std::sync::Arc::clone(&moved);
    let first = Versions::default().with("1.0.0", component("acme", "1.0.0"), "0.1.0");
    let mut other = component("acme", "1.0.0");
    // A custom section more: the same plugin by other bytes.
    other.extend([0, 2, 1, b'x']);
    let second = Versions::default().with("1.0.0", other, "0.1.0");
    let server = Server::new(move |request| {
        let versions = if now.load(std::sync::atomic::Ordering::SeqCst) { &second } else { &first };
        versions.answer(&request.path)
    });
    let folder = wanting(&format!("{}/acme", server.address), "1", "");
    succeed(folder.path(), &["update"]);
    moved.store(true, std::sync::atomic::Ordering::SeqCst);
    let said = fail(folder.path(), &["update"]);
    assert!(said.contains("a published version must not change"), "{said}");
    succeed(folder.path(), &["check", "--locked"]);
}

/// What `update` says of a registry that answers so.
fn refusal(handler: impl FnMut(&super::server::Request) -> Answer + Send + 'static) -> String {
    let server = Server::new(handler);
    let folder = wanting(&format!("{}/acme", server.address), "1", "");
    let said = fail(folder.path(), &["update"]);
    assert!(!folder.path().join("plimsoll.lock").exists());
    let store = folder.path().join(".user/cache/plimsoll/store");
    assert!(!store.exists() || fs::read_dir(store).unwrap().next().is_none());
    said
}

#[test]
fn registries_that_refuse() {
    assert!(refusal(|_| status(401)).contains("wants a login: run `docker login localhost:"));
    assert!(refusal(|_| status(403)).contains("the login may not read it"));
    assert!(refusal(|_| status(404)).contains("is not there, or the login does not show it"));
    let slow = |_: &super::server::Request| Answer::Say(429, vec![("retry-after".into(), "0".into())], Vec::new());
    assert!(refusal(slow).contains("(429): try again later"));
    let broken =
        |_: &super::server::Request| Answer::Say(500, vec![("retry-after".into(), "0".into())], b"sorry".to_vec());
    assert!(refusal(broken).contains("answers 500: sorry"));
    assert!(refusal(|_| Answer::Hang).contains("can't be reached"));
    assert!(refusal(|_| json("<html>")).contains("the list of versions of localhost:"));
    let gone = wanting("localhost:1/acme", "1", "");
    assert!(fail(gone.path(), &["update"]).contains("localhost:1 can't be reached"));
}

#[test]
fn a_registry_that_sends_too_slowly() {
    let server = Server::new(|_| Answer::Stall);
    let folder = wanting(&format!("{}/acme", server.address), "1", "");
    let output = command_in(folder.path(), &["update"]).env("PLIMSOLL_HTTP_TIMEOUT", "1").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is too slow: it took longer than it may; PLIMSOLL_HTTP_TIMEOUT sets"), "{said}");
}

#[test]
fn registries_that_lie() {
    let with = |change: fn(&str, Answer) -> Answer| {
        let versions = Versions::default().with("1.0.0", component("acme", "1.0.0"), "0.1.0");
        refusal(move |request| change(&request.path, versions.answer(&request.path)))
    };
    let said = with(|path, answer| match answer {
        Answer::Say(status, headers, mut body) if path.contains("/blobs/") => {
            body[10] ^= 1;
            Answer::Say(status, headers, body)
        }
        answer => answer,
    });
    assert!(said.contains("should have the digest sha256:") && said.contains("damaged, or lies"), "{said}");
    let said = with(|path, answer| match answer {
        Answer::Say(_, _, body) if path.contains("/blobs/") => Answer::Half(body),
        answer => answer,
    });
    assert!(said.contains("broke off"), "{said}");
    let said = with(|path, answer| if path.contains("/blobs/") { Answer::Endless } else { answer });
    assert!(said.contains("is larger than"), "{said}");
    let said = with(|path, answer| if path.contains("/tags/") { Answer::Endless } else { answer });
    assert!(said.contains("is larger than"), "{said}");
    let said = with(|path, answer| if path.contains("/manifests/") { json("{\"manifests\":[{}]}") } else { answer });
    assert!(said.contains("a list of manifests, and a plugin is a single one"), "{said}");
    // Pages of tags that go in a circle.
    let said = with(|path, answer| match answer {
        Answer::Say(status, _, _) if path.contains("/tags/") => {
            let number = path.rsplit('=').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default();
            let next = format!("</v2/acme/tags/list?n={}>; rel=\"next\"", number % 2);
            Answer::Say(status, vec![("link".into(), next)], b"{\"tags\":[\"latest\"]}".to_vec())
        }
        answer => answer,
    });
    assert!(said.contains("no version of `acme`"), "{said}");
    // A component that is another plugin, or none.
    let versions = Versions::default().with("1.0.0", component("other", "1.0.0"), "0.1.0");
    assert!(refusal_after_store(versions).contains("says that it is `other@1.0.0`, not `acme` 1.0.0"));
    let versions = Versions::default().with("1.0.0", b"\0asm\x01\0\0\0".to_vec(), "0.1.0");
    assert!(refusal_after_store(versions).contains("a core module, not a component"));
}

fn refusal_after_store(versions: Versions) -> String {
    let server = Server::new(move |request| versions.answer(&request.path));
    let folder = wanting(&format!("{}/acme", server.address), "1", "");
    fail(folder.path(), &["update"])
}

#[test]
fn what_fails_for_a_moment_is_tried_again() {
    let versions = Versions::default().with("1.0.0", component("acme", "1.0.0"), "0.1.0");
    let mut count = 0;
    let server = Server::new(move |request| {
        count += 1;
        match count % 3 {
            1 => Answer::Say(503, vec![("retry-after".into(), "0".into())], Vec::new()),
            2 => Answer::Hang,
            _ => versions.answer(&request.path),
        }
    });
    let folder = wanting(&format!("{}/acme", server.address), "1", "");
    assert!(succeed(folder.path(), &["update"]).contains("Adding acme 1.0.0"));
}

/// A Docker configuration with a login for a registry.
fn login(folder: &Path, registry: &str, user_and_password: &str) {
    let encoded = base64(user_and_password.as_bytes());
    fs::create_dir_all(folder.join(".user/docker")).unwrap();
    let text = format!("{{\"auths\":{{\"{registry}\":{{\"auth\":\"{encoded}\"}}}}}}");
    fs::write(folder.join(".user/docker/config.json"), text).unwrap();
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * index) & 63) as usize] as char;
            text.push(if index > chunk.len() { '=' } else { letter });
        }
    }
    text
}

/// An executable in a folder of its own.
#[cfg(unix)]
fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn credential_helpers() {
    let versions = Versions::default().with("1.0.0", component("acme", "1.0.0"), "0.1.0");
    let server = Server::new(move |request| {
        if request.authorization == Some(format!("Basic {}", base64(b"ada:secret"))) {
            return versions.answer(&request.path);
        }
        Answer::Say(401, vec![("www-authenticate".into(), "Basic realm=\"test\"".into())], Vec::new())
    });
    let folder = wanting(&format!("{}/acme", server.address), "1", "");
    let root = folder.path();
    let config = root.join(".user/docker/config.json");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, format!("{{\"credHelpers\": {{\"{}\": \"test\"}}}}", server.address)).unwrap();
    let helper = root.join("bin/docker-credential-test");
    let update = || {
        let path = format!("{}:{}", root.join("bin").display(), std::env::var("PATH").unwrap());
        let output = command_in(root, &["update"]).env("PATH", path).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = update();
    assert_eq!(code, Some(2));
    assert!(said.contains("can't be run: the one that `credHelpers` or `credsStore` names"), "{said}");
    script(&helper, "#!/bin/sh\ncat >/dev/null\necho 'credentials not found in native keychain'\nexit 1\n");
    let (code, said) = update();
    assert_eq!(code, Some(2));
    assert!(said.contains("wants a login: run `docker login"), "{said}");
    script(&helper, "#!/bin/sh\ncat >/dev/null\necho 'the secret is hunter2' >&2\nexit 3\n");
    let (code, said) = update();
    assert_eq!(code, Some(2));
    assert!(said.contains("Docker's credential helper `docker-credential-test` failed"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    // It gets the registry's name and answers with a login.
    let answer = "{\"Username\":\"ada\",\"Secret\":\"secret\"}";
    let text = format!("#!/bin/sh\nread server\n[ \"$1 $server\" = 'get {}' ] && echo '{answer}'\n", server.address);
    script(&helper, &text);
    let (code, said) = update();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Adding acme 1.0.0"), "{said}");
}

#[test]
fn killed_while_it_fetches() {
    let versions = acme();
    let server = Server::new(move |request| versions.answer(&request.path));
    let folder = wanting(&format!("{}/acme", server.address), "1", "");
    let root = folder.path();
    let store = root.join(".user/cache/plimsoll/store");
    succeed(root, &["update"]);
    let lock = fs::read_to_string(root.join("plimsoll.lock")).unwrap();
    let mut were_killed = 0;
    for round in 0..40_u64 {
        let _ = fs::remove_dir_all(&store);
        let is_update = round % 2 == 0;
        if is_update {
            fs::remove_file(root.join("plimsoll.lock")).unwrap();
        }
        let mut command = command_in(root, &[if is_update { "update" } else { "fetch" }]);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(round * 500));
        let _ = child.kill();
        were_killed += usize::from(!child.wait().unwrap().success());
        for entry in fs::read_dir(&store).into_iter().flatten().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if let Some(digest) = name.strip_suffix(".wasm") {
                assert_eq!(sha256(&fs::read(entry.path()).unwrap()), digest, "what has its name is whole");
            }
        }
        if let Ok(written) = fs::read_to_string(root.join("plimsoll.lock")) {
            assert_eq!(written, lock);
        }
        succeed(root, &["update"]);
        succeed(root, &["fetch"]);
        assert_eq!(run_in(root, &["check", "--frozen"]).status.code(), Some(0));
    }
    assert!(were_killed > 5, "{were_killed} of 40 were killed before their end");
}

#[test]
fn updates_at_once() {
    let versions = acme();
    let server = Server::new(move |request| versions.answer(&request.path));
    let folder = wanting(&format!("{}/acme", server.address), "1", "");
    let root = folder.path();
    let start = |_| command_in(root, &["update"]).stderr(Stdio::null()).spawn().unwrap();
    let children: Vec<Child> = (0..6).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(fs::read_to_string(root.join("plimsoll.lock")).unwrap().contains("version = \"1.1.0\""));
    assert_eq!(run_in(root, &["check", "--frozen"]).status.code(), Some(0));
}

#[test]
fn tokens() {
    let versions = Versions::default().with("1.0.0", component("acme", "1.0.0"), "0.1.0");
    let server = Server::new(move |request| {
        let authorization = request.authorization.as_deref().unwrap_or_default();
        if request.path.starts_with("/token?") {
            let is_user = authorization == format!("Basic {}", base64(b"ada:secret"));
            let is_scope = request.path.contains("scope=repository%3Ateam%2Facme%3Apull&service=registry");
            return if is_user && is_scope { json("{\"token\":\"abc\"}") } else { status(401) };
        }
        if authorization == "Bearer abc" {
            return versions.answer(&request.path.replacen("/team", "", 1));
        }
        // The address of the server is where it is asked.
        let realm = "Bearer realm=\"http://localhost:PORT/token\",service=\"registry\"".to_owned();
        Answer::Say(401, vec![("www-authenticate".into(), realm)], Vec::new())
    });
    // The realm has to name this server's port, which is known only now.
    let port = server.address.rsplit(':').next().unwrap().to_owned();
    let target = server.address.replace("localhost", "127.0.0.1");
    let proxy = Rewriting::new(&target, "localhost:PORT", &port);
    let folder = wanting(&format!("{}/team/acme", proxy.address), "1", "");
    let said = fail(folder.path(), &["update"]);
    assert!(said.contains("wants a login"), "{said}");
    login(folder.path(), &proxy.address, "ada:wrong");
    let said = fail(folder.path(), &["update"]);
    assert!(said.contains("refuses the login that Docker's configuration has"), "{said}");
    assert!(!said.contains("wrong"), "{said}");
    login(folder.path(), &proxy.address, "ada:secret");
    succeed(folder.path(), &["update"]);
}

/// Passes connections on and replaces a text in the answers.
struct Rewriting {
    address: String,
}

impl Rewriting {
    fn new(target: &str, from: &'static str, port: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("localhost:{}", listener.local_addr().unwrap().port());
        let (target, to) = (target.to_owned(), format!("localhost:{port}"));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (target, to) = (target.clone(), to.clone());
                std::thread::spawn(move || -> std::io::Result<()> {
                    let (mut client, mut server) = (stream, TcpStream::connect(target)?);
                    let mut sending = (client.try_clone()?, server.try_clone()?);
                    std::thread::spawn(move || std::io::copy(&mut sending.0, &mut sending.1));
                    let mut answer = Vec::new();
                    std::io::Read::read_to_end(&mut server, &mut answer)?;
                    let at = answer.windows(from.len()).position(|window| window == from.as_bytes());
                    if let Some(at) = at {
                        answer.splice(at..at + from.len(), to.bytes());
                    }
                    client.write_all(&answer)
                });
            }
        });
        Self { address }
    }
}

#[test]
fn mirrors_come_first_and_may_fail() {
    let versions = Versions::default().with("1.0.0", component("acme", "1.0.0"), "0.1.0");
    let upstream_versions = versions.clone();
    let upstream = Server::new(move |request| upstream_versions.answer(&request.path));
    let mirror = Server::new(move |request| {
        if request.path.contains("/blobs/") {
            status(404)
        } else {
            versions.answer(&request.path.replacen("/copy", "", 1))
        }
    });
    let more = format!("[registries.acme]\nurl = \"{}\"\nmirror = \"{}/copy\"\n", upstream.address, mirror.address);
    let folder = wanting(&format!("{}/acme", upstream.address), "1", &more);
    succeed(folder.path(), &["update"]);
    let asked = |server: &Server, part: &str| server.requests.lock().unwrap().iter().any(|it| it.contains(part));
    assert!(asked(&mirror, "/v2/copy/acme/tags/list") && !asked(&upstream, "/tags/list"));
    assert!(asked(&upstream, "/blobs/"), "what the mirror lacks comes from the registry itself");
}

/// The registry of Debian's package `docker-registry`, with storage of its own.
pub(super) struct DebianRegistry {
    child: Child,
    pub(super) address: String,
    _storage: tempfile::TempDir,
}

impl DebianRegistry {
    /// None where it is not installed, unless the environment says that it has to be.
    pub(super) fn start(users: Option<&str>) -> Option<Self> {
        let is_there = Command::new("docker-registry").arg("--version").output().is_ok();
        if !is_there {
            assert!(std::env::var_os("PLIMSOLL_TEST_REGISTRY").is_none(), "docker-registry is not installed");
            return None;
        }
        let storage = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut config = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: \
             127.0.0.1:{port}\n",
            storage.path().join("data").display()
        );
        if let Some(users) = users {
            fs::write(storage.path().join("users"), users).unwrap();
            let path = storage.path().join("users");
            config.push_str(&format!("auth:\n  htpasswd:\n    realm: test\n    path: {}\n", path.display()));
        }
        fs::write(storage.path().join("config.yml"), config).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(storage.path().join("config.yml"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let registry = Self { child, address: format!("localhost:{port}"), _storage: storage };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(registry);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("docker-registry does not start");
    }
}

impl Drop for DebianRegistry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_real_registry_from_publishing_to_checking() {
    let Some(registry) = DebianRegistry::start(None) else { return };
    let name = format!("{}/team/acme", registry.address);
    let author = repository(&[]);
    for version in ["1.0.0", "1.1.0"] {
        fs::write(author.path().join("plugin.wasm"), component("acme", version)).unwrap();
        let said = succeed(author.path(), &["publish", "plugin.wasm", &name, "--dry-run"]);
        assert!(said.contains("nothing is sent"), "{said}");
        let said = succeed(author.path(), &["publish", "plugin.wasm", &name]);
        assert!(said.contains(&format!("Published acme@{version} to {name}:{version}")), "{said}");
        let said = fail(author.path(), &["publish", "plugin.wasm", &name]);
        assert!(said.contains("a published version never changes"), "{said}");
    }
    let inspected = succeed(author.path(), &["inspect", &format!("{name}:1.0.0"), "--json"]);
    let inspected: serde_json::Value = serde_json::from_str(&inspected).unwrap();
    assert_eq!(inspected["digest"], format!("sha256:{}", sha256(&component("acme", "1.0.0"))));
    assert_eq!(inspected["interface"], "0.1.0");

    let folder = repository(&[("pyproject.toml", "[project]\nname = \"a\"\n"), ("plimsoll.toml", "[plugins]\n")]);
    let said = succeed(folder.path(), &["add", "acme@=1.0.0", "--oci", &name]);
    assert!(said.contains("Adding acme 1.0.0"), "{said}");
    assert!(succeed(folder.path(), &["outdated"]).contains("1.1.0"));
    let said = succeed(folder.path(), &["add", "acme", "--oci", &name]);
    assert!(said.contains("Updating acme 1.0.0 -> 1.1.0"), "{said}");
    let manifest = fs::read_to_string(folder.path().join("plimsoll.toml")).unwrap();
    assert_eq!(manifest, format!("[plugins]\nacme = {{ oci = \"{name}\", version = \"1.1.0\" }}\n"));
    succeed(folder.path(), &["check", "--frozen"]);
    fs::remove_dir_all(folder.path().join(".user/cache")).unwrap();
    assert!(succeed(folder.path(), &["fetch"]).contains("Fetched acme 1.1.0"));
    read_by_skopeo(&registry, author.path());
    read_and_written_by_oras(&registry, author.path());
}

/// Pulls with the client of ORAS what was published, pushes it to another place, and we read that.
fn read_and_written_by_oras(registry: &DebianRegistry, folder: &Path) {
    let Some(python) = std::env::var_os("PLIMSOLL_TEST_ORAS") else { return };
    let script = "import shutil, sys, oras.client\n\
        host, name, other = sys.argv[1:]\n\
        client = oras.client.OrasClient(hostname=host, insecure=True, tls_verify=False)\n\
        [path] = client.pull(target=name, outdir='pulled')\n\
        shutil.copy(path, 'pulled.wasm')\n\
        open('config.json', 'w').write('{}')\n\
        config = 'config.json:application/vnd.wasm.config.v0+json'\n\
        client.push(target=other, files=['pulled.wasm:application/wasm'], manifest_config=config)\n";
    let name = |repository: &str| format!("{}/{repository}/acme:1.0.0", registry.address);
    let mut command = Command::new(python);
    command.args(["-c", script]).arg(&registry.address).args([name("team"), name("oras")]).current_dir(folder);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read(folder.join("pulled.wasm")).unwrap(), component("acme", "1.0.0"));
    assert!(succeed(folder, &["inspect", &name("oras")]).starts_with("acme 1.0.0"));
}

/// Another tool copies what was published, and we read its copy.
fn read_by_skopeo(registry: &DebianRegistry, folder: &Path) {
    let skopeo = |from: &str, to: &str| {
        let options = ["copy", "--src-tls-verify=false", "--dest-tls-verify=false", "--insecure-policy"];
        Command::new("skopeo").args(options).args([from, to]).output()
    };
    let copy = format!("dir:{}", folder.join("copy").display());
    let from = format!("docker://{}/team/acme:1.0.0", registry.address);
    let Ok(output) = skopeo(&from, &copy) else {
        assert!(std::env::var_os("PLIMSOLL_TEST_REGISTRY").is_none(), "skopeo is not installed");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let wasm = component("acme", "1.0.0");
    assert_eq!(fs::read(folder.join("copy").join(sha256(&wasm))).unwrap(), wasm);
    let to = format!("docker://{}/other/acme:1.0.0", registry.address);
    assert!(skopeo(&copy, &to).unwrap().status.success());
    assert!(succeed(folder, &["inspect", &format!("{}/other/acme", registry.address)]).starts_with("acme 1.0.0"));
}

#[test]
fn a_real_registry_with_logins() {
    // `ada` with the password `secret`, as `htpasswd -B` writes it.
    let users = "ada:$2y$05$.tVnpO4SyedSOBePLYmMQehsI4lJmKoUXM3IRN3PGpLNRfau6NkSq\n";
    let Some(registry) = DebianRegistry::start(Some(users)) else { return };
    let name = format!("{}/acme", registry.address);
    let folder = wanting(&name, "1", "");
    fs::write(folder.path().join("plugin.wasm"), component("acme", "1.0.0")).unwrap();
    let said = fail(folder.path(), &["publish", "plugin.wasm", &name]);
    assert!(said.contains("wants a login: run `docker login"), "{said}");
    login(folder.path(), &registry.address, "ada:wrong");
    let said = fail(folder.path(), &["publish", "plugin.wasm", &name]);
    assert!(said.contains("refuses the login"), "{said}");
    login(folder.path(), &registry.address, "ada:secret");
    succeed(folder.path(), &["publish", "plugin.wasm", &name]);
    succeed(folder.path(), &["update"]);
    succeed(folder.path(), &["check", "--frozen"]);
}

#[test]
fn sections_from_a_registry_of_ones_own() {
    let Some(registry) = DebianRegistry::start(None) else { return };
    let base = format!("{}/plimsoll", registry.address);
    let folder = repository(&[
        ("plimsoll.toml", &format!("[plugins]\ngit = \"0.1\"\n[registries]\ndefault = \"{base}\"\n")),
        ("pyproject.toml", "[project]\nname = \"a\"\n"),
    ]);
    let said = succeed(folder.path(), &["publish", "--built-in", &base]);
    assert!(said.contains("Published git@"), "{said}");
    let said = succeed(folder.path(), &["publish", "--built-in", &base]);
    assert!(said.contains("Unchanged git@") && !said.contains("Published"), "{said}");
    // A newer version than this plimsoll carries.
    fs::write(folder.path().join("git.wasm"), component("git", "0.1.7")).unwrap();
    succeed(folder.path(), &["publish", "git.wasm", &format!("{base}/git")]);
    let said = succeed(folder.path(), &["update"]);
    assert!(said.contains("Adding git 0.1.7 (built-in)"), "{said}");
    succeed(folder.path(), &["check", "--frozen"]);
    fs::remove_dir_all(folder.path().join(".user/cache")).unwrap();
    assert!(
        fail(folder.path(), &["check", "--frozen"])
            .contains("; this plimsoll carries 0.1.0, which `plimsoll update git`")
    );
    assert!(succeed(folder.path(), &["fetch"]).contains("Fetched git 0.1.7"));
    succeed(folder.path(), &["check", "--frozen"]);
}
