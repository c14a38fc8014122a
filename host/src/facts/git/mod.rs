//! What Git knows: the tracked paths, and the history, read once when first asked for. The one kind of facts that
//! reads the disk by itself, because `.git` is no part of the checked tree.
//!
//! The `.git` folder is as hostile as the rest: no hook, process, include, environment variable or configuration of
//! the user takes part; anything broken or odd counts as no history. Replacement objects and commit graphs are left
//! aside, so that only the commits themselves speak. Repositories with SHA-256 ids and reference tables are not read.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use crate::plugin::wit;

mod index;
mod layout;
mod since;
mod status;

pub(crate) use index::tracked;
pub(crate) use since::Since;
pub(crate) use status::{Status, status};

use layout::Layout;

/// The most commits that are looked at.
const MOST_COMMITS: usize = 1_000;
/// The most tags or branches that are listed.
const MOST_NAMES: usize = 100_000;
/// The most bytes of a commit's message that are kept.
const LONGEST_MESSAGE: usize = 64 << 10;
/// What reading may allocate at once: a commit is small, whatever its object claims.
const OVERRIDES: [&str; 4] = [
    "gitoxide.objects.allocLimit=67108864",
    "core.useReplaceRefs=false",
    "core.commitGraph=false",
    "core.multiPackIndex=false",
];

/// The history of a repository; by default none.
#[derive(Default)]
pub(crate) struct Git {
    root: Option<PathBuf>,
    layout: OnceLock<Option<Layout>>,
    state: OnceLock<[u8; blake3::OUT_LEN]>,
    available: OnceLock<wit::git::History>,
    commits: OnceLock<Commits>,
    tags: OnceLock<Vec<String>>,
    branches: OnceLock<Vec<String>>,
}

/// The newest commits.
#[derive(Default)]
struct Commits {
    commits: Vec<wit::git::Commit>,
    /// Whether they end where a shallow clone does, or at a broken one.
    is_cut: bool,
}

impl Git {
    /// The history of the repository that `root` lies in. Reads nothing yet.
    pub(crate) fn open(root: &Path) -> Self {
        Self { root: Some(root.to_owned()), ..Self::default() }
    }

    /// A history as examples write it: a commit a line, the newest first; indented lines are its body. A subject that
    /// begins with `Merge` has two parents. And the names of tags, one a line.
    pub(crate) fn of_example(commits: &str, tags: &str) -> Self {
        let mut found: Vec<wit::git::Commit> = Vec::new();
        for line in commits.lines().filter(|line| !line.trim().is_empty()) {
            if let (true, Some(commit)) = (line.starts_with([' ', '\t']), found.last_mut()) {
                commit.body.push_str(line.trim());
                commit.body.push('\n');
                continue;
            }
            let id = |number: usize| format!("{number:040x}");
            let (number, parents) = (found.len() + 1, if line.starts_with("Merge") { 2 } else { 1 });
            found.push(wit::git::Commit {
                id: id(number),
                parents: (1..=parents).map(|parent| id(number + parent)).collect(),
                subject: line.to_owned(),
                body: String::new(),
                author: "Ada".to_owned(),
                email: "ada@example.com".to_owned(),
                time: 1_800_000_000 - number as i64 * 3_600,
            });
        }
        let mut tags: Vec<String> =
            tags.lines().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
        tags.sort();
        let available = if found.is_empty() { wit::git::History::None } else { wit::git::History::Complete };
        Self {
            available: OnceLock::from(available),
            commits: OnceLock::from(Commits { commits: found, is_cut: false }),
            tags: OnceLock::from(tags),
            ..Self::default()
        }
    }

    /// How much of the history is there. One that ends at a broken commit counts as shallow; what lies behind the most
    /// commits that are looked at counts as there.
    pub(crate) fn available(&self) -> wit::git::History {
        let Commits { commits, is_cut } = self.newest();
        *self.available.get_or_init(|| {
            if commits.is_empty() {
                wit::git::History::None
            } else if *is_cut {
                wit::git::History::Shallow
            } else {
                wit::git::History::Complete
            }
        })
    }

    /// The newest commits reachable from HEAD, newest first.
    pub(crate) fn commits(&self, limit: u32) -> &[wit::git::Commit] {
        let commits = &self.newest().commits;
        &commits[..commits.len().min(limit as usize)]
    }

    /// When HEAD was committed, in seconds since 1970; none without a history.
    pub(crate) fn head_time(&self) -> Option<i64> {
        match &self.root {
            Some(_) => self.read(|repository| Some(repository.head_commit().ok()?.time().ok()?.seconds)),
            None => self.commits(1).first().map(|commit| commit.time),
        }
    }

    fn newest(&self) -> &Commits {
        self.commits.get_or_init(|| self.read(newest_commits).unwrap_or_default())
    }

    /// Names of the tags, sorted.
    pub(crate) fn tags(&self) -> &[String] {
        self.tags.get_or_init(|| self.read(|repository| names(repository, "refs/tags/")).unwrap_or_default())
    }

    /// Names of the local branches, sorted.
    pub(crate) fn branches(&self) -> &[String] {
        self.branches.get_or_init(|| self.read(|repository| names(repository, "refs/heads/")).unwrap_or_default())
    }

    /// The digest of what the history is read from, as it was when someone first asked: where HEAD is, all references, and
    /// where a shallow clone ends.
    pub(crate) fn state(&self) -> [u8; blake3::OUT_LEN] {
        *self.state.get_or_init(|| self.read(state).unwrap_or_default())
    }

    fn read<T>(&self, read: impl FnOnce(&gix::Repository) -> Option<T>) -> Option<T> {
        let root = self.root.as_deref()?;
        let layout = self.layout.get_or_init(|| Layout::of(root).filter(Layout::is_safe)).as_ref()?;
        // The library promises no absence of panics on crafted files.
        std::panic::catch_unwind(AssertUnwindSafe(|| read(&open(layout)?))).ok().flatten()
    }
}

fn open(layout: &Layout) -> Option<gix::Repository> {
    let options = gix::open::Options::isolated()
        // Whoever owns the files, their configuration decides nothing.
        .with(gix::sec::Trust::Reduced)
        .open_path_as_is(true)
        .config_overrides(OVERRIDES);
    gix::open_opts(&layout.git_folder, options).ok()
}

fn newest_commits(repository: &gix::Repository) -> Option<Commits> {
    let head = repository.head_commit().ok()?;
    let walk = repository
        .rev_walk([head.id])
        .sorting(Sorting::ByCommitTime(CommitTimeOrder::NewestFirst))
        .use_commit_graph(false)
        .all()
        .ok()?;
    let boundary = repository.shallow_commits().ok()?;
    let is_boundary =
        |id: &gix::oid| boundary.as_ref().is_some_and(|ids| ids.binary_search_by(|one| one.as_ref().cmp(id)).is_ok());
    let mut found = Commits::default();
    for info in walk.take(MOST_COMMITS) {
        let Some(info) = info.ok() else {
            found.is_cut = true;
            break;
        };
        let known = info.object().ok().and_then(|object| commit(&object));
        // What lies behind a commit that is broken, or whose parents a shallow clone lacks, can't be known: older ones
        // that are there may not be the next in a whole history.
        found.is_cut = known.is_none() || is_boundary(&info.id);
        found.commits.extend(known);
        if found.is_cut {
            break;
        }
    }
    Some(found)
}

fn commit(commit: &gix::Commit<'_>) -> Option<wit::git::Commit> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let message = commit.message_raw().ok()?;
    let message = text(&message[..message.len().min(LONGEST_MESSAGE)]);
    let message = message.trim_start_matches(['\n', '\r']);
    let (subject, body) = message.split_once('\n').unwrap_or((message, ""));
    let author = commit.author().ok()?;
    Some(wit::git::Commit {
        id: commit.id.to_string(),
        parents: commit.parent_ids().map(|id| id.to_string()).collect(),
        subject: subject.trim_end().to_owned(),
        body: body.trim_matches(['\n', '\r', ' ']).to_owned(),
        author: text(author.name),
        email: text(author.email),
        time: commit.time().ok()?.seconds,
    })
}

fn state(repository: &gix::Repository) -> Option<[u8; blake3::OUT_LEN]> {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(repository.head_id().ok().map(|id| id.detach()).as_ref().map_or(b"no commit", |id| id.as_bytes()));
    for reference in repository.references().ok()?.all().ok()?.filter_map(Result::ok) {
        add(reference.name().as_bstr());
        add(format!("{:?}", reference.target()).as_bytes());
    }
    add(b"shallow");
    for id in repository.shallow_commits().ok()?.iter().flat_map(|ids| ids.iter()) {
        add(id.as_bytes());
    }
    Some(*hasher.finalize().as_bytes())
}

fn names(repository: &gix::Repository, prefix: &str) -> Option<Vec<String>> {
    let references = repository.references().ok()?;
    let mut names: Vec<String> = references
        .prefixed(prefix)
        .ok()?
        .filter_map(Result::ok)
        .filter_map(|reference| {
            let name = std::str::from_utf8(reference.name().as_bstr()).ok()?;
            name.strip_prefix(prefix).map(str::to_owned)
        })
        .take(MOST_NAMES)
        .collect();
    names.sort_unstable();
    names.dedup();
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shared_among_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Git>();
    }

    /// Runs `git` in a folder, in a fixed world: no configuration but the repository's own.
    fn run(folder: &Path, arguments: &[&str]) {
        let status = std::process::Command::new("git")
            .args(arguments)
            .current_dir(folder)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
            .envs([("GIT_COMMITTER_NAME", "Bob"), ("GIT_COMMITTER_EMAIL", "bob@example.com")])
            .env("GIT_AUTHOR_DATE", "1700000000 +0000")
            .env("GIT_COMMITTER_DATE", format!("{} +0000", 1_700_000_000 + arguments.concat().len()))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .expect("git runs");
        assert!(status.success(), "git {arguments:?}");
    }

    /// A repository with two commits, three tracked files, a link and an untracked file.
    fn sample() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        std::fs::create_dir_all(root.join("app/src")).expect("folders");
        for path in ["README.md", "app/pyproject.toml", "app/src/main.py", "untracked.txt"] {
            std::fs::write(root.join(path), path).expect("a file");
        }
        std::os::unix::fs::symlink("README.md", root.join("link")).expect("a link");
        run(root, &["init", "-q", "-b", "main"]);
        run(root, &["add", "README.md", "link"]);
        run(root, &["commit", "-qm", "docs: first"]);
        run(root, &["add", "app"]);
        run(root, &["commit", "-qm", "feat: the second, and longer one\n\nWhy.\n\nCloses: #1\n"]);
        run(root, &["tag", "v1.0"]);
        run(root, &["tag", "-am", "annotated", "v0.1"]);
        run(root, &["branch", "topic/x"]);
        folder
    }

    #[test]
    fn reads_index_and_history() {
        let folder = sample();
        let root = folder.path();
        assert_eq!(tracked(root).expect("an index"), ["README.md", "app/pyproject.toml", "app/src/main.py", "link"]);
        assert_eq!(tracked(&root.join("app")).expect("an index"), ["pyproject.toml", "src/main.py"]);
        assert_eq!(layout::find_root(&root.join("app/src")), root.canonicalize().ok());
        for git in [Git::open(root), Git::open(&root.join("app"))] {
            assert_eq!(git.available(), wit::git::History::Complete);
            let commits = git.commits(10);
            assert_eq!(commits.len(), 2);
            assert_eq!(commits[0].subject, "feat: the second, and longer one");
            assert_eq!(commits[0].body, "Why.\n\nCloses: #1");
            assert_eq!(commits[0].parents, [commits[1].id.clone()]);
            assert_eq!((commits[1].author.as_str(), commits[1].email.as_str()), ("Ada", "ada@example.com"));
            assert_eq!(git.commits(1).len(), 1);
            assert_eq!(git.tags(), ["v0.1", "v1.0"]);
            assert_eq!(git.branches(), ["main", "topic/x"]);
        }
    }

    #[test]
    fn a_shallow_clone_has_the_newest_commits_of_the_whole_history() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        run(root, &["init", "-q", "-b", "main"]);
        // The longer the message, the later the commit.
        let commit = |text: &str| run(root, &["commit", "-q", "--allow-empty", "-m", text]);
        commit("first");
        commit("the second");
        run(root, &["checkout", "-q", "-b", "side", "HEAD~1"]);
        commit("one on the side");
        run(root, &["checkout", "-q", "main"]);
        commit("the third on the main line");
        run(root, &["merge", "-q", "--no-ff", "-m", "the merge of the side into the main line", "side"]);
        let whole = Git::open(root);
        assert_eq!((whole.available(), whole.commits(9).len()), (wit::git::History::Complete, 5));
        for depth in ["1", "2", "3"] {
            let clone = tempfile::tempdir().expect("a folder");
            let origin = format!("file://{}", root.display());
            run(clone.path(), &["clone", "-q", "--depth", depth, &origin, "clone"]);
            let shallow = Git::open(&clone.path().join("clone"));
            let ids = |git: &Git| git.commits(9).iter().map(|commit| commit.id.clone()).collect::<Vec<_>>();
            assert!(ids(&whole).starts_with(&ids(&shallow)), "{depth}");
            assert!(!ids(&shallow).is_empty() && shallow.commits(9).len() < 5, "{depth}");
            assert_eq!(shallow.available(), wit::git::History::Shallow, "{depth}");
        }
    }

    #[test]
    fn reads_packed_shallow_and_linked_repositories() {
        let folder = sample();
        let root = folder.path();
        run(root, &["gc", "-q"]);
        let packed = Git::open(root);
        assert_eq!((packed.commits(9).len(), packed.tags().len()), (2, 2));

        let others = tempfile::tempdir().expect("a folder");
        let path = |name: &str| others.path().join(name).to_string_lossy().into_owned();
        run(root, &["worktree", "add", "-q", &path("tree"), "topic/x"]);
        assert_eq!(tracked(&others.path().join("tree")).map(|paths| paths.len()), Some(4));
        assert_eq!(Git::open(&others.path().join("tree")).commits(9).len(), 2);

        let origin = format!("file://{}", root.display());
        run(root, &["clone", "-q", "--depth", "1", &origin, &path("shallow")]);
        let shallow = Git::open(&others.path().join("shallow"));
        assert_eq!(shallow.available(), wit::git::History::Shallow);
        assert_eq!(shallow.commits(9).len(), 1);

        run(root, &["clone", "-q", "--shared", &root.to_string_lossy(), &path("shared")]);
        assert_eq!(Git::open(&others.path().join("shared")).commits(9).len(), 2);
    }

    #[test]
    fn refuses_what_is_broken_or_leads_away() {
        let check = |spoil: &dyn Fn(&Path)| {
            let folder = sample();
            spoil(folder.path());
            let git = Git::open(folder.path());
            assert_eq!(git.available(), wit::git::History::None);
            assert!(git.commits(9).is_empty());
        };
        let other = sample();
        let other_git = other.path().join(".git");
        check(&|root| std::fs::write(root.join(".git/HEAD"), "ref: refs/heads/none\n").expect("a file"));
        check(&|root| std::fs::remove_dir_all(root.join(".git/objects")).expect("removed"));
        check(&|root| std::fs::write(root.join(".git/commondir"), other_git.to_string_lossy().as_bytes()).expect("ok"));
        check(&|root| {
            std::fs::remove_dir_all(root.join(".git")).expect("removed");
            std::fs::write(root.join(".git"), format!("gitdir: {}\n", other_git.display())).expect("a file");
            assert_eq!(tracked(root), None);
        });
        check(&|root| {
            std::fs::remove_dir_all(root.join(".git")).expect("removed");
            std::os::unix::fs::symlink(&other_git, root.join(".git")).expect("a link");
            assert_eq!(tracked(root), None);
        });
        check(&|root| {
            let made = std::process::Command::new("mkfifo").arg(root.join(".git/packed-refs")).status();
            assert!(made.is_ok_and(|status| status.success()));
        });
    }

    #[test]
    fn no_index_is_none() {
        assert_eq!(tracked(Path::new("/proc/self/none")), None);
        let folder = sample();
        let index = folder.path().join(".git/index");
        let bytes = std::fs::read(&index).expect("an index");
        for broken in [&bytes[..bytes.len() / 2], &bytes[..11], b"", &[&bytes[..40], b"x", &bytes[41..]].concat()] {
            std::fs::write(&index, broken).expect("a file");
            assert_eq!(tracked(folder.path()), None);
        }
        std::fs::remove_file(&index).expect("removed");
        assert_eq!(tracked(folder.path()), None);
        let made = std::process::Command::new("mkfifo").arg(&index).status();
        assert!(made.is_ok_and(|status| status.success()));
        assert_eq!(tracked(folder.path()), None);
        assert_eq!(Git::default().available(), wit::git::History::None);
    }

    #[test]
    fn an_untracked_folder_has_no_index() {
        let folder = sample();
        std::fs::create_dir(folder.path().join("build")).expect("a folder");
        assert_eq!(tracked(&folder.path().join("build")), None);
    }
}
