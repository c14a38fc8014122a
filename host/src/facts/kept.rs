//! What was found in the texts of an earlier run. What is found in a file depends on its bytes, its path, its place in
//! its project and the interest, and on nothing else: where these are the same it is not read again.
//!
//! Where the bytes come from and go to is [`crate::extracts`]' affair.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::Facts;
use super::texts::{Found, Source, Texts};
use crate::plugin::wit::Role;
use crate::repository::{Digest, File, Purpose, Stamp};

/// What was found in files, in its encoded form.
#[derive(Default)]
pub(crate) struct Kept {
    /// When the run began that found it, in nanoseconds since 1970.
    begun: i64,
    files: HashMap<String, KeptFile, foldhash::fast::RandomState>,
    /// What was found, one file after the other.
    found: Vec<u8>,
}

/// A file as it was.
#[derive(Serialize, Deserialize)]
struct KeptFile {
    size: u64,
    stamp: Stamp,
    digest: Digest,
    place: Placement,
    /// Where among all that was found stands what was found in this file.
    start: usize,
    length: usize,
}

/// What decides, besides its bytes, about what is found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Placement {
    role: Role,
    is_parsed: bool,
    /// The dotted name of what is parsed.
    module: String,
}

impl Placement {
    fn of(facts: &Facts, source: &Source<'_>) -> Self {
        let module = if source.is_parsed { facts.projects().module_of(&source.file.path) } else { String::new() };
        Self { role: source.role, is_parsed: source.is_parsed, module }
    }
}

/// What was found in a file of this run, to be kept for the next one.
pub(super) struct Extract {
    place: Placement,
    found: Vec<u8>,
}

impl Kept {
    /// Takes apart what [`Texts::encode`] put together; none where it is damaged.
    pub(crate) fn decode(mut bytes: Vec<u8>) -> Option<Self> {
        let ((begun, files), rest) = postcard::take_from_bytes::<(i64, Vec<(String, KeptFile)>)>(&bytes).ok()?;
        let head = bytes.len() - rest.len();
        bytes.drain(..head);
        Some(Self { begun, files: files.into_iter().collect(), found: bytes })
    }

    /// What was found in a file, if it is the same as it was.
    pub(super) fn find(&self, facts: &Facts, source: &Source<'_>) -> Option<(Found, Extract)> {
        let (file, repository) = (source.file, facts.repository());
        let kept = self.files.get(&file.path).filter(|kept| kept.size == file.size)?;
        let is_same = kept.stamp == file.stamp && kept.stamp.is_settled(self.begun);
        if !is_same && repository.digest(&file.path) != kept.digest {
            return None;
        }
        let place = Placement::of(facts, source);
        let encoded = self.found.get(kept.start..kept.start.checked_add(kept.length)?)?;
        let found = (place == kept.place).then(|| decode(encoded, &file.path, &place)).flatten()?;
        repository.note_read(&file.path, kept.digest, Purpose::Alone);
        Some((found, Extract { place, found: encoded.to_vec() }))
    }
}

impl Kept {
    /// Whether something is kept of a file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// What was found in a file when it had this digest, if that is what is kept.
    pub(super) fn earlier(&self, facts: &Facts, source: &Source<'_>, digest: Digest) -> Option<Found> {
        let kept = self.files.get(&source.file.path).filter(|kept| kept.digest == digest)?;
        let place = Placement::of(facts, source);
        let encoded = self.found.get(kept.start..kept.start.checked_add(kept.length)?)?;
        (place == kept.place).then(|| decode(encoded, &source.file.path, &place)).flatten()
    }

    /// The same with what is found in some files now, in the form to be kept. All the other files are known to be what
    /// they were.
    pub(super) fn renewed(&self, facts: &Facts, begun: i64, changed: &BTreeMap<usize, Option<Extract>>) -> Vec<u8> {
        let repository = facts.repository();
        let (reads, files) = (repository.reads(), repository.files());
        let mut pieces = Vec::new();
        for (index, file) in files.iter().enumerate() {
            let piece = match changed.get(&index) {
                Some(extract) => extract.as_ref().and_then(|extract| {
                    let digest = reads.get(&index)?.digest;
                    Some((digest, extract.place.clone(), extract.found.as_slice()))
                }),
                None => self.files.get(&file.path).and_then(|kept| {
                    let encoded = self.found.get(kept.start..kept.start.checked_add(kept.length)?)?;
                    Some((kept.digest, kept.place.clone(), encoded))
                }),
            };
            pieces.extend(piece.map(|(digest, place, found)| (file, digest, place, found)));
        }
        put_together(begun, pieces)
    }
}

/// The form that [`Kept::decode`] takes apart.
fn put_together(begun: i64, pieces: Vec<(&File, Digest, Placement, &[u8])>) -> Vec<u8> {
    let (mut start, mut kept) = (0, Vec::with_capacity(pieces.len()));
    for (file, digest, place, found) in &pieces {
        let (place, length) = (place.clone(), found.len());
        let entry = KeptFile { size: file.size, stamp: file.stamp, digest: *digest, place, start, length };
        kept.push((file.path.as_str(), entry));
        start += length;
    }
    let mut bytes = postcard::to_allocvec(&(begun, kept)).unwrap_or_default();
    bytes.reserve(start);
    pieces.iter().for_each(|(_, _, _, found)| bytes.extend_from_slice(found));
    bytes
}

/// What was found in a file that was read, in the form to be kept; none for a broken file, which is to be complained of
/// again.
pub(super) fn extract(facts: &Facts, source: &Source<'_>, found: &mut Found) -> Option<Extract> {
    if source.is_parsed && found.file.is_none() {
        return None;
    }
    // What is the same in all facts is left out.
    let taken: Vec<(String, String)> = match &mut found.file {
        Some(file) => {
            file.sites().map(|site| (std::mem::take(&mut site.place.path), std::mem::take(&mut site.module))).collect()
        }
        None => Vec::new(),
    };
    let paths: Vec<String> = found.matches.iter_mut().map(|(_, found)| std::mem::take(&mut found.place.path)).collect();
    let encoded = postcard::to_allocvec(found).ok().map(|bytes| lz4_flex::compress_prepend_size(&bytes));
    for (site, (path, module)) in found.file.iter_mut().flat_map(|file| file.sites()).zip(taken) {
        (site.place.path, site.module) = (path, module);
    }
    for ((_, found), path) in found.matches.iter_mut().zip(paths) {
        found.place.path = path;
    }
    Some(Extract { place: Placement::of(facts, source), found: encoded? })
}

fn decode(encoded: &[u8], path: &str, place: &Placement) -> Option<Found> {
    let mut found: Found = postcard::from_bytes(&lz4_flex::decompress_size_prepended(encoded).ok()?).ok()?;
    for site in found.file.iter_mut().flat_map(|file| file.sites()) {
        (site.place.path, site.module) = (path.to_owned(), place.module.clone());
    }
    for (_, found) in &mut found.matches {
        path.clone_into(&mut found.place.path);
    }
    Some(found)
}

impl Texts {
    /// What was found, in the form to be kept, by a run that began at this moment.
    pub(super) fn encode(&self, facts: &Facts, begun: i64) -> Vec<u8> {
        let (reads, files) = (facts.repository().reads(), facts.repository().files());
        let pieces = self.extracts.iter().filter_map(|(index, Extract { place, found })| {
            Some((files.get(*index)?, reads.get(index)?.digest, place.clone(), found.as_slice()))
        });
        put_together(begun, pieces.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::git::Git;
    use crate::facts::role_set::RoleSet;
    use crate::facts::{Interest, Target};
    use crate::repository::Repository;

    /// Long after the files of an example were written, which is in 1970.
    const LATER: i64 = 1_000_000_000_000;

    fn facts(files: &[(&str, &str)], kept: Kept) -> Facts {
        let files: BTreeMap<String, Vec<u8>> =
            files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let mut interest = Interest::default();
        interest.of_roles(RoleSet::default()).calls.insert("os.*".to_owned());
        interest.search.insert(("T[O]DO".to_owned(), "*".to_owned()), RoleSet::default());
        let repository = Repository::from_files(files).noting_reads();
        Facts::new(repository, Git::default(), interest).with_kept(Some(kept))
    }

    /// What is found, and which files are read for it.
    fn check(files: &[(&str, &str)], kept: Option<Vec<u8>>, found: &[&str], read: &[&str]) -> Option<Vec<u8>> {
        let facts = facts(files, kept.map(|bytes| Kept::decode(bytes).unwrap()).unwrap_or_default());
        let texts = facts.texts();
        let calls = texts.python.calls(&Target::Repository, &["os.*".to_owned()]);
        let calls = calls.iter().map(|call| (&call.site.place, format!("{}.{}", call.site.module, call.name)));
        let matches = texts.search.search(&facts, &Target::Repository, &["T[O]DO".to_owned()], &["*".to_owned()]);
        let matches = matches.iter().map(|found| (&found.place, found.line.clone()));
        let shown: Vec<String> =
            calls.chain(matches).map(|(place, what)| format!("{}:{} {what}", place.path, place.span.start)).collect();
        assert_eq!(shown, found);
        let old = facts.kept.as_ref().unwrap();
        let sources: Vec<&str> = facts.repository().files().iter().map(|file| file.path.as_str()).collect();
        let is_new = |path: &&str| {
            let file = facts.repository().file(path).unwrap();
            let (role, is_parsed) = (facts.projects().role_of(path), path.ends_with(".py"));
            old.find(&facts, &Source { file, role, is_parsed }).is_none()
        };
        assert_eq!(sources.into_iter().filter(is_new).collect::<Vec<_>>(), read);
        facts.to_keep(LATER)
    }

    #[test]
    fn what_is_the_same_is_not_read_again() {
        let (one, two) = (("a.py", "import os\nos.fork()  # TODO\n"), ("b.py", "import os\nos.abort()\n"));
        let found = ["a.py:10 a.os.fork", "b.py:10 b.os.abort", "a.py:23 os.fork()  # TODO"];
        let kept = check(&[one, two], None, &found, &["a.py", "b.py"]);
        let kept = check(&[one, two], kept, &found, &[]);
        let changed = ("b.py", "import os\n\nos.abort()\n");
        let found = ["a.py:10 a.os.fork", "b.py:11 b.os.abort", "a.py:23 os.fork()  # TODO"];
        let kept = check(&[one, changed], kept, &found, &["b.py"]);
        // Another place in a project is another name.
        let project =
            ("pyproject.toml", "[project]\nname = \"x\"\n[tool.setuptools]\npackage-dir = {\"\" = \"src\"}\n");
        let moved = ("src/a.py", one.1);
        check(
            &[moved, project],
            kept,
            &["src/a.py:10 a.os.fork", "src/a.py:23 os.fork()  # TODO"],
            &["pyproject.toml", "src/a.py"],
        );
    }

    #[test]
    fn broken_modules_are_complained_of_again() {
        let files = [("a.py", "import os\nos.fork(:\n"), ("pyproject.toml", "[project]\nname = \"a\"\n")];
        let kept = check(&files, None, &[], &["a.py", "pyproject.toml"]);
        let kept = Kept::decode(kept.unwrap()).unwrap();
        let facts = facts(&files, kept);
        assert!(facts.texts().extracts.iter().all(|(index, _)| facts.repository().files()[*index].path != "a.py"));
        assert_eq!(facts.problems().len(), 1);
    }
}
