//! What was found in the texts of an earlier run. What is found in a file depends on its bytes, its path, its place in
//! its project and the interest, and on nothing else: where these are the same it is not read again.
//!
//! Where the bytes come from and go to is [`crate::extracts`]' affair.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::kinds::{Kinds, PYTHON_KINDS};
use super::pattern::Patterns;
use super::postings::Postings;
use super::python::{Class, FileFacts};
use super::texts::{Found, Source, Texts};
use super::{Facts, Interest};
use crate::plugin::wit::Role;
use crate::repository::{Digest, File, Purpose, Stamp};

/// What was found in files, in its encoded form.
#[derive(Default)]
pub(crate) struct Kept {
    /// When the run began that found it, in nanoseconds since 1970.
    begun: i64,
    files: HashMap<String, KeptFile, foldhash::fast::RandomState>,
    /// Where what was found is; of the files as they were when it was made.
    postings: Postings,
    /// The numbers of the files that changed since.
    renewed: BTreeSet<u32>,
    /// What was found, one file after the other.
    found: Vec<u8>,
    /// What replaces what was written down.
    overlay: Overlay,
}

/// What was found in files that changed since what was found in all of them was written down, by path; none of a file
/// of which nothing is kept.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Overlay(BTreeMap<String, Option<Overlaid>>);

#[derive(Clone, Serialize, Deserialize)]
struct Overlaid {
    size: u64,
    digest: Digest,
    extract: Extract,
}

/// Where more files changed, all is written down anew.
const MOST_OVERLAID: usize = 50;

/// What comes before what was found.
#[derive(Serialize, Deserialize)]
struct Head<'a, F> {
    begun: i64,
    files: Vec<(F, KeptFile)>,
    postings: Cow<'a, Postings>,
    renewed: BTreeSet<u32>,
}

/// A file as it was.
#[derive(Serialize, Deserialize)]
struct KeptFile {
    size: u64,
    stamp: Stamp,
    digest: Digest,
    place: Placement,
    /// Whether it is a module that could not be parsed, which is to be complained of again.
    is_broken: bool,
    /// Which it is, among all that the postings know.
    number: u32,
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
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Extract {
    place: Placement,
    /// See [`KeptFile::is_broken`].
    is_broken: bool,
    found: Vec<u8>,
}

impl Extract {
    /// What was found.
    pub(super) fn decode(&self, path: &str) -> Option<Found> {
        decode(&self.found, path, &self.place, Kinds::ALL)
    }
}

impl Kept {
    /// Takes apart what [`Texts::encode`] put together; none where it is damaged.
    pub(crate) fn decode(mut bytes: Vec<u8>) -> Option<Self> {
        let (head, rest) = postcard::take_from_bytes::<Head<'_, String>>(&bytes).ok()?;
        let Head { begun, files, postings, renewed } = head;
        let (files, postings, length) = (files.into_iter().collect(), postings.into_owned(), bytes.len() - rest.len());
        bytes.drain(..length);
        Some(Self { begun, files, postings, renewed, found: bytes, overlay: Overlay::default() })
    }

    /// What was found in a file, if it is the same as it was.
    pub(super) fn find(&self, facts: &Facts, source: &Source<'_>) -> Option<(Found, Extract)> {
        let (file, repository) = (source.file, facts.repository());
        let kept = self.files.get(&file.path).filter(|kept| kept.size == file.size && !kept.is_broken)?;
        let is_same = kept.stamp == file.stamp && kept.stamp.is_settled(self.begun);
        if !is_same && repository.digest(&file.path) != kept.digest {
            return None;
        }
        let (place, encoded) = (Placement::of(facts, source), self.encoded(kept)?);
        let found = (place == kept.place).then(|| decode(encoded, &file.path, &place, Kinds::ALL)).flatten()?;
        repository.note_read(&file.path, kept.digest, Purpose::Alone);
        Some((found, Extract { place, is_broken: false, found: encoded.to_vec() }))
    }

    fn encoded(&self, kept: &KeptFile) -> Option<&[u8]> {
        self.found.get(kept.start..kept.start.checked_add(kept.length)?)
    }

    /// When the run began that wrote this down, in nanoseconds since 1970.
    pub(crate) fn begun(&self) -> i64 {
        self.begun
    }

    /// Takes in what was found since.
    pub(crate) fn replace(&mut self, overlay: Overlay) {
        let mut next = self.next();
        for (path, file) in &overlay.0 {
            let number = self.files.remove(path).map_or(next, |kept| kept.number);
            next = next.max(number + 1);
            self.renewed.insert(number);
            let Some(Overlaid { size, digest, extract }) = file else { continue };
            let entry = KeptFile {
                size: *size,
                // Which file it was is told by its digest.
                stamp: Stamp::default(),
                digest: *digest,
                place: extract.place.clone(),
                is_broken: extract.is_broken,
                number,
                start: self.found.len(),
                length: extract.found.len(),
            };
            self.found.extend_from_slice(&extract.found);
            self.files.insert(path.clone(), entry);
        }
        self.overlay = overlay;
    }

    /// The number of a file that is new.
    fn next(&self) -> u32 {
        self.files.values().map(|kept| kept.number + 1).chain(self.renewed.iter().map(|it| it + 1)).max().unwrap_or(0)
    }

    /// Whether so few files changed since this was written down, these included, that what was found in them is kept
    /// beside it.
    pub(super) fn is_overlaid(&self, facts: &Facts, changed: &BTreeMap<usize, Option<Extract>>) -> bool {
        let files = facts.repository().files();
        let is_new = |index: &&usize| files.get(**index).is_some_and(|file| !self.overlay.0.contains_key(&file.path));
        self.overlay.0.len() + changed.keys().filter(is_new).count() <= MOST_OVERLAID
    }

    /// What was found in the files that changed since this was written down, these included.
    pub(super) fn overlay(&self, facts: &Facts, changed: &BTreeMap<usize, Option<Extract>>) -> Overlay {
        let (reads, files) = (facts.repository().reads(), facts.repository().files());
        let mut overlay = self.overlay.clone();
        for (index, extract) in changed {
            let Some(file) = files.get(*index) else { continue };
            let overlaid = extract.as_ref().zip(reads.get(index)).map(|(extract, read)| Overlaid {
                size: file.size,
                digest: read.digest,
                extract: extract.clone(),
            });
            overlay.0.insert(file.path.clone(), overlaid);
        }
        overlay
    }

    /// The files in which something may be that is wanted, with the kinds of it; none where that isn't known.
    pub(super) fn wanted(&self, interest: &Interest, patterns: &Patterns) -> Option<BTreeMap<String, Kinds>> {
        let roles = self.files.values().map(|kept| (kept.number, kept.place.role)).collect();
        let mut wanted = self.postings.wanted(interest, patterns, &roles)?;
        wanted.extend(self.renewed.iter().map(|number| (*number, Kinds::ALL)));
        let of = |(path, kept): (&String, &KeptFile)| Some((path.clone(), *wanted.get(&kept.number)?));
        Some(self.files.iter().filter_map(of).collect())
    }

    /// Some kinds of what was found in a file.
    pub(super) fn part(&self, path: &str, kinds: Kinds) -> Option<Found> {
        let kept = self.files.get(path)?;
        decode(self.encoded(kept)?, path, &kept.place, kinds)
    }

    /// The paths of files that define a class when they are as the postings know them, by the class's dotted name.
    pub(super) fn classes(&self) -> BTreeMap<String, BTreeSet<String>> {
        let paths: HashMap<u32, &str> = self.files.iter().map(|(path, kept)| (kept.number, path.as_str())).collect();
        let path_of = |number: u32| paths.get(&number).map(|path| (*path).to_owned());
        let named = self.postings.classes().into_iter();
        named.map(|(name, files)| (name, files.into_iter().filter_map(path_of).collect())).collect()
    }

    /// The classes of a file as it was.
    pub(super) fn classes_of(&self, path: &str) -> Vec<Class> {
        self.part(path, Kinds::CLASSES).and_then(|found| found.file).map(|file| file.classes).unwrap_or_default()
    }
}

impl Kept {
    /// Whether something is kept of a file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Whether what is kept of a file is of the one with this digest.
    pub(super) fn has_of(&self, path: &str, digest: Digest) -> bool {
        self.files.get(path).is_some_and(|kept| kept.digest == digest)
    }

    /// What was found in a file when it had this digest, if that is what is kept.
    pub(super) fn earlier(&self, facts: &Facts, source: &Source<'_>, digest: Digest) -> Option<Found> {
        let kept = self.files.get(&source.file.path).filter(|kept| kept.digest == digest)?;
        let place = Placement::of(facts, source);
        let encoded = self.encoded(kept)?;
        (place == kept.place).then(|| decode(encoded, &source.file.path, &place, Kinds::ALL)).flatten()
    }

    /// The same with what is found in some files now, in the form to be kept. All the other files are known to be what
    /// they were.
    pub(super) fn renewed(&self, facts: &Facts, begun: i64, changed: &BTreeMap<usize, Option<Extract>>) -> Vec<u8> {
        let repository = facts.repository();
        let (reads, files) = (repository.reads(), repository.files());
        let (mut pieces, mut renewed) = (Vec::new(), self.renewed.clone());
        let mut next = self.next();
        for (index, file) in files.iter().enumerate() {
            let kept = self.files.get(&file.path);
            let Some(extract) = changed.get(&index) else {
                pieces.extend(kept.and_then(|kept| {
                    Some(Piece {
                        file,
                        digest: kept.digest,
                        place: &kept.place,
                        is_broken: kept.is_broken,
                        found: self.encoded(kept)?,
                        number: kept.number,
                    })
                }));
                continue;
            };
            let (Some(extract), Some(read)) = (extract, reads.get(&index)) else { continue };
            let Extract { place, is_broken, found } = extract;
            let number = kept.map_or(next, |kept| kept.number);
            next = next.max(number + 1);
            renewed.insert(number);
            pieces.push(Piece { file, digest: read.digest, place, is_broken: *is_broken, found, number });
        }
        put_together(begun, pieces, Cow::Borrowed(&self.postings), renewed)
    }
}

/// What is kept of one file.
struct Piece<'a> {
    file: &'a File,
    digest: Digest,
    place: &'a Placement,
    is_broken: bool,
    found: &'a [u8],
    number: u32,
}

/// The form that [`Kept::decode`] takes apart.
fn put_together(begun: i64, pieces: Vec<Piece<'_>>, postings: Cow<'_, Postings>, renewed: BTreeSet<u32>) -> Vec<u8> {
    let (mut start, mut files) = (0, Vec::with_capacity(pieces.len()));
    for piece in &pieces {
        let entry = KeptFile {
            size: piece.file.size,
            stamp: piece.file.stamp,
            digest: piece.digest,
            place: piece.place.clone(),
            is_broken: piece.is_broken,
            number: piece.number,
            start,
            length: piece.found.len(),
        };
        files.push((piece.file.path.as_str(), entry));
        start += piece.found.len();
    }
    let mut bytes = postcard::to_allocvec(&Head { begun, files, postings, renewed }).unwrap_or_default();
    bytes.reserve(start);
    pieces.iter().for_each(|piece| bytes.extend_from_slice(piece.found));
    bytes
}

/// What was found in a file that was read, in the form to be kept.
pub(super) fn extract(facts: &Facts, source: &Source<'_>, found: &mut Found) -> Option<Extract> {
    // What is the same in all facts is left out.
    let taken: Vec<(String, String)> = match &mut found.file {
        Some(file) => {
            file.sites().map(|site| (std::mem::take(&mut site.place.path), std::mem::take(&mut site.module))).collect()
        }
        None => Vec::new(),
    };
    let paths: Vec<String> = found.matches.iter_mut().map(|(_, found)| std::mem::take(&mut found.place.path)).collect();
    let encoded = encode(found);
    for (site, (path, module)) in found.file.iter_mut().flat_map(|file| file.sites()).zip(taken) {
        (site.place.path, site.module) = (path, module);
    }
    for ((_, found), path) in found.matches.iter_mut().zip(paths) {
        found.place.path = path;
    }
    let is_broken = source.is_parsed && found.file.is_none();
    Some(Extract { place: Placement::of(facts, source), is_broken, found: encoded? })
}

/// What was found, each kind by itself.
#[derive(Serialize, Deserialize)]
struct Parts<'a> {
    is_file: bool,
    is_marked: bool,
    #[serde(borrow)]
    python: [&'a [u8]; PYTHON_KINDS],
    matches: &'a [u8],
}

fn encode(found: &Found) -> Option<Vec<u8>> {
    let python = found.file.as_ref().map(FileFacts::encoded).unwrap_or_default();
    let parts = Parts {
        is_file: found.file.is_some(),
        is_marked: found.is_marked,
        python: python.each_ref().map(Vec::as_slice),
        matches: &postcard::to_allocvec(&found.matches).ok()?,
    };
    Some(lz4_flex::compress_prepend_size(&postcard::to_allocvec(&parts).ok()?))
}

fn decode(encoded: &[u8], path: &str, place: &Placement, kinds: Kinds) -> Option<Found> {
    let bytes = lz4_flex::decompress_size_prepended(encoded).ok()?;
    let Parts { is_file, is_marked, python, matches } = postcard::from_bytes(&bytes).ok()?;
    let file = if is_file { Some(FileFacts::decode(&python, kinds)?) } else { None };
    let matches = if kinds.contains(Kinds::MATCHES) { postcard::from_bytes(matches).ok()? } else { Vec::new() };
    let mut found = Found { file, matches, is_marked };
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
        let pieces = self.extracts.iter().zip(0..).filter_map(|((index, extract), number)| {
            let (file, digest) = (files.get(*index)?, reads.get(index)?.digest);
            let Extract { place, is_broken, found } = extract;
            Some(Piece { file, digest, place, is_broken: *is_broken, found, number })
        });
        let numbers: HashMap<&str, u32> =
            self.extracts.iter().zip(0..).map(|((index, _), number)| (files[*index].path.as_str(), number)).collect();
        let number_of = |path: &str| numbers.get(path).copied();
        let mut classes: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for (name, index) in &self.classes {
            classes.entry(name).or_default().extend(number_of(&files[*index].path));
        }
        let postings = Postings::new(&self.python, &self.search, &classes.into_iter().collect::<Vec<_>>(), &number_of);
        put_together(begun, pieces.collect(), Cow::Owned(postings), BTreeSet::new())
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
        assert_eq!(facts.texts().extracts.len(), 2);
        assert_eq!(facts.problems().len(), 1);
    }
}
