//! Compiled code at the end of this program's own file. Who releases plimsoll puts it there (`plimsoll precompile`), so
//! that nobody's first run has to compile the sections. It is as trustworthy as the program that it stands in.
//!
//! Behind the program follow the pieces of code, a table of them in JSON, the table's length, and a mark. A program
//! without the mark carries nothing.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::engine::{THREAD_STACK, any_machine};
use super::run::{LoadError, Source};
use crate::parallel;

const MARK: &[u8; 16] = b"plimsoll:code:1\n";
/// Bytes of the length before the mark.
const LENGTH: usize = size_of::<u64>();
/// A longer table is none of ours.
const LONGEST_TABLE: u64 = 1 << 20;

/// The code in a program's file.
pub(crate) struct Embedded {
    path: PathBuf,
    pieces: Vec<Piece>,
}

#[derive(Serialize, Deserialize)]
struct Piece {
    /// Of the component that it was compiled from, SHA-256 in hexadecimal.
    digest: String,
    offset: u64,
    length: u64,
}

/// The compiled form of a component.
pub(crate) struct Code {
    /// Of the component, SHA-256 in hexadecimal.
    digest: String,
    pub(crate) bytes: Vec<u8>,
}

impl Embedded {
    /// What this program carries; none when that is nothing.
    pub(crate) fn open() -> Option<Self> {
        let path = program().ok()?;
        let (_, pieces) = read(&mut File::open(&path).ok()?).ok()??;
        Some(Self { path, pieces })
    }

    /// The compiled form of the component with this digest; the buffer is for the file's bytes. None when it is not
    /// there, or was compiled by another plimsoll or for another kind of machine.
    pub(crate) fn load(&self, engine: &Engine, digest: &str, buffer: &mut Vec<u8>) -> Option<Component> {
        let piece = self.pieces.iter().find(|piece| piece.digest == digest)?;
        let mut file = File::open(&self.path).ok()?;
        file.seek(SeekFrom::Start(piece.offset)).ok()?;
        buffer.resize(usize::try_from(piece.length).ok()?, 0);
        file.read_exact(buffer).ok()?;
        // SAFETY: whoever could change these bytes could change the program as well, whose own file they stand in; they
        // come from this program's compiler, and the runtime refuses what another version or other settings made.
        unsafe { Component::deserialize(engine, &*buffer) }.ok()
    }
}

/// The compiled form of some components, for every machine of this architecture.
///
/// # Errors
/// When there is no compiler, or one can't be compiled.
pub(crate) fn compile(sources: &[Source]) -> Result<Vec<Code>, LoadError> {
    let engine = any_machine().map_err(|error| LoadError::Engine(format!("{error:#}")))?;
    let compile = |(): &mut (), source: &Source| {
        let bytes = engine.precompile_component(&source.wasm);
        let bytes = bytes.map_err(|error| LoadError::Compile(format!("{error:#}")))?;
        Ok(Code { digest: source.digest.clone(), bytes })
    };
    parallel::map(sources, THREAD_STACK, || (), compile).into_iter().collect()
}

/// Writes a copy of this program that carries code, in place of what it carries already.
///
/// # Errors
/// When a file can't be read or written.
pub(crate) fn write(output: &Path, code: &[Code]) -> std::io::Result<()> {
    let path = program()?;
    let mut program = File::open(&path)?;
    let end = match read(&mut program)? {
        Some((end, _)) => end,
        None => program.metadata()?.len(),
    };
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    program.seek(SeekFrom::Start(0))?;
    std::io::copy(&mut (&program).take(end), &mut file)?;
    let (mut offset, mut pieces) = (end, Vec::new());
    for Code { digest, bytes } in code {
        file.write_all(bytes)?;
        pieces.push(Piece { digest: digest.clone(), offset, length: bytes.len() as u64 });
        offset += bytes.len() as u64;
    }
    let table = serde_json::to_vec(&pieces)?;
    file.write_all(&table)?;
    file.write_all(&(table.len() as u64).to_le_bytes())?;
    file.write_all(MARK)?;
    file.as_file().set_permissions(program.metadata()?.permissions())?;
    file.persist(output)?;
    Ok(())
}

/// The file of this program. Where the system has a name for the very file that runs, a new one in its place is no danger.
fn program() -> std::io::Result<PathBuf> {
    let own = Path::new("/proc/self/exe");
    if own.exists() { Ok(own.to_owned()) } else { std::env::current_exe() }
}

/// Where the program itself ends in a file, and what follows; none when nothing does.
fn read(file: &mut File) -> std::io::Result<Option<(u64, Vec<Piece>)>> {
    let Some(start) = file.metadata()?.len().checked_sub((LENGTH + MARK.len()) as u64) else { return Ok(None) };
    let (mut length, mut mark) = ([0; LENGTH], [0; MARK.len()]);
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut length)?;
    file.read_exact(&mut mark)?;
    let length = u64::from_le_bytes(length);
    let Some(start) = start.checked_sub(length).filter(|_| mark == *MARK && length <= LONGEST_TABLE) else {
        return Ok(None);
    };
    let mut table = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(length).read_to_end(&mut table)?;
    let Ok(pieces) = serde_json::from_slice::<Vec<Piece>>(&table) else { return Ok(None) };
    let is_inside = |piece: &Piece| piece.offset.checked_add(piece.length).is_some_and(|end| end <= start);
    let end = pieces.iter().map(|piece| piece.offset).min().unwrap_or(start);
    Ok(pieces.iter().all(is_inside).then_some((end, pieces)))
}
