//! Folders that the process of an image has to write and may not, or that everybody may.

use plimsoll_sdk::prelude::*;

use crate::{image, shell};

rule! {
    /// The user of an image does not own the files that it writes, or everybody does.
    ///
    /// A folder that a `RUN` as root makes belongs to root: the application fails at its first write, or somebody
    /// opens the folder to all. Give such folders to the user with `COPY --chown`, `install -d -o` or `chown`. Code
    /// that only root may write is good practice.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// WORKDIR /app
    /// RUN useradd appuser
    /// RUN mkdir -p data /app/code  # error: `/app/data` belongs to root, and the process runs as `appuser`
    /// VOLUME ["/srv/media"]  # error: `/srv/media` belongs to root, and the process runs as `appuser`
    /// RUN chmod -R 777 /opt/shared  # error: everybody may write `/opt/shared`
    /// USER appuser
    /// CMD ["python", "-m", "app"]
    /// ```
    ///
    /// Files get their owner when they are copied:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// RUN apt-get update && useradd appuser
    /// WORKDIR /app
    /// COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/
    /// COPY src .
    /// COPY config /app/config
    /// RUN chown -R appuser:appuser /app  # error: `chown -R` stores the files of `/app` a second time
    /// USER appuser
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// RUN apt-get update && useradd appuser
    /// WORKDIR /app
    /// COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/
    /// COPY --chown=appuser:appuser src .
    /// COPY --chown=appuser:appuser config /app/config
    /// RUN chown appuser:appuser /app
    /// USER appuser
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// WORKDIR /app
    /// RUN useradd --create-home appuser && mkdir -p data logs && chown appuser data logs
    /// COPY --chown=appuser:appuser media /srv/media
    /// VOLUME ["/srv/media", "/home/appuser/state"]
    /// USER appuser
    /// RUN mkdir cache
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good code.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src /app
    /// USER 10001
    /// CMD ["python", "-m", "app"]
    /// ```
    pub(crate) static UNOWNED_RUNTIME_FILES = {
        id: "unowned-runtime-files",
        requirements: ["13.3.3"],
        check: Check::Dockerfiles(unowned_runtime_files),
    }
}

/// What the instructions of an image did so far.
#[derive(Default)]
struct State<'a> {
    folder: String,
    /// The user, where it is not root.
    user: Option<&'a str>,
    /// Folders that root made and the application probably writes.
    made: Vec<(String, &'a Instruction)>,
    /// Folders that a user other than root owns or may write.
    given: Vec<String>,
    /// Folders that root copied files to, and whether their user was there already.
    copied: Vec<Copied<'a>>,
    /// Users that were made so far.
    users: Vec<String>,
    /// Whether a command ran that may have made files anywhere.
    has_run: bool,
    /// Whether something happened that can't be seen, such as a script or a variable as a path.
    is_opaque: bool,
}

/// An instruction that copied files as root.
struct Copied<'a> {
    folder: String,
    instruction: &'a Instruction,
    /// The users that were there.
    users: Vec<String>,
}

fn unowned_runtime_files(report: &mut Report, dockerfile: &Dockerfile) {
    if !image::is_judged(dockerfile) || !image::has_plain_base(dockerfile) {
        return;
    }
    let mut state = State { folder: "/".to_owned(), ..State::default() };
    let chain = dockerfile.built_chain();
    for instruction in chain.iter().flat_map(|stage| &stage.instructions) {
        state.follow(report, instruction);
    }
    let Some(user) = state.user.filter(|_| !state.is_opaque) else { return };
    for (folder, instruction) in &state.made {
        if !state.given.iter().any(|given| is_below(folder, given)) {
            report
                .finding(&instruction.place, format!("`{folder}` belongs to root, and the process runs as `{user}`"))
                .help(format!("give it to the user: `install -d -o {user} {folder}`"))
                .medium();
        }
    }
}

impl<'a> State<'a> {
    fn follow(&mut self, report: &mut Report, instruction: &'a Instruction) {
        match instruction.keyword.as_str() {
            "WORKDIR" => {
                self.folder = self.absolute(instruction.text.trim());
                if self.user.is_some() {
                    self.given.push(self.folder.clone());
                }
            }
            "USER" => {
                let name = instruction.words.first().map_or("root", |word| word.split(':').next().unwrap_or(word));
                self.user = (!matches!(name, "root" | "0")).then_some(name);
            }
            "VOLUME" => {
                let folders = instruction.words.iter().map(|word| (self.absolute(word), instruction));
                self.made.extend(folders.filter(|(folder, _)| !folder.contains('$')).collect::<Vec<_>>());
            }
            "COPY" | "ADD" => {
                let Some(target) = instruction.words.last().map(|target| self.absolute(target)) else { return };
                if instruction.flags.iter().any(|(key, _)| matches!(key.as_str(), "chown" | "chmod")) {
                    self.given.push(target);
                } else {
                    self.copied.push(Copied { folder: target, instruction, users: self.users.clone() });
                }
            }
            "RUN" => {
                for words in shell::commands(&instruction.text) {
                    self.run(report, instruction, &words);
                }
            }
            _ => {}
        }
    }

    fn run(&mut self, report: &mut Report, instruction: &'a Instruction, words: &[String]) {
        let program = words[0].rsplit('/').next().unwrap_or_default();
        let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
        let folders: Vec<String> =
            words[1..].iter().filter(|word| !word.starts_with('-')).map(|word| self.absolute(word)).collect();
        match program {
            "mkdir" if self.user.is_some() => self.given.extend(folders),
            "mkdir" => self.made.extend(
                folders.into_iter().filter(|folder| is_writable_by_name(folder)).map(|folder| (folder, instruction)),
            ),
            // Without a user the first word is its mode or owner; the folder it makes is harmless.
            "install" => self.given.extend(folders),
            "chown" | "chgrp" | "setfacl" => {
                let is_recursive = has(&["-R", "--recursive", "-hR", "-Rh"]);
                let is_copied = |folder: &&String| self.copied.iter().any(|copied| copied.folder == **folder);
                let again = folders.iter().skip(1).find(is_copied);
                if let Some(folder) = again.filter(|_| is_recursive) {
                    report
                        .finding(&instruction.place, format!("`chown -R` stores the files of `{folder}` a second time"))
                        .help("use `COPY --chown` instead")
                        .safe_fix(self.owned_when_copied(instruction, words, folder).unwrap_or_default())
                        .low();
                }
                self.given.extend(folders);
            }
            "chmod" => {
                let mode = words[1..].iter().find(|word| !word.starts_with("-R") && !word.starts_with("--"));
                let is_open = mode.is_some_and(|mode| is_open_to_all(mode));
                if let Some(folder) =
                    folders.iter().skip(1).find(|folder| !is_below(folder, "/tmp")).filter(|_| is_open)
                {
                    report
                        .finding(&instruction.place, format!("everybody may write `{folder}`"))
                        .help("give it to the user of the image with `chown`");
                }
                self.given.extend(folders);
            }
            "useradd" | "adduser" => {
                let name = words.last().map_or("", String::as_str);
                let named =
                    words.windows(2).filter(|pair| matches!(pair[0].as_str(), "-d" | "--home" | "--home-dir" | "-h"));
                self.given.extend(named.map(|pair| pair[1].clone()));
                self.users.push(name.to_owned());
                if program == "adduser" || has(&["-m", "--create-home", "-rm", "-mr", "-ms"]) {
                    self.given.push(format!("/home/{name}"));
                }
            }
            _ => self.is_opaque |= program.ends_with(".sh") || program.starts_with('$'),
        }
        const HARMLESS: &[&str] = &["useradd", "adduser", "groupadd", "addgroup", "apt-get", "apt", "apk"];
        self.has_run |= !HARMLESS.contains(&program);
        let mut targets = words[1..].iter().filter(|word| !word.starts_with('-')).skip(1);
        self.is_opaque |= matches!(program, "chown" | "chgrp" | "chmod" | "install" | "setfacl")
            && targets.any(|word| word.contains(['$', '*', '{']));
    }

    /// Gives files their owner where they are copied, and leaves to `chown` the folder itself. None where other files may
    /// lie there, or the user is not there yet.
    fn owned_when_copied(&self, run: &Instruction, words: &[String], folder: &str) -> Option<Vec<Edit>> {
        let [_, option, owner, _] = words else { return None };
        if self.has_run || owner.contains('$') || shell::commands(&run.text).len() != 1 {
            return None;
        }
        let user = owner.split(':').next()?;
        let mut edits = vec![edit::replace_words(&run.place, &format!("{option} "), "")?];
        for copied in self.copied.iter().filter(|copied| is_below(&copied.folder, folder)) {
            if user.parse::<u32>().is_err() && !copied.users.iter().any(|known| known == user) {
                return None;
            }
            let keyword = &copied.instruction.keyword;
            edits.push(edit::insert_after(&copied.instruction.place, keyword, &format!(" --chown={owner}"))?);
        }
        Some(edits)
    }

    fn absolute(&self, path: &str) -> String {
        let path = path.trim_matches(['"', '\'']).trim_start_matches("./");
        let whole = match path {
            "." | "" => self.folder.clone(),
            _ if path.starts_with(['/', '$']) => path.to_owned(),
            _ => format!("{}/{path}", self.folder.trim_end_matches('/')),
        };
        if whole.len() > 1 { whole.trim_end_matches('/').to_owned() } else { whole }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path == folder || folder == "/" || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a folder's name says that the application writes it.
fn is_writable_by_name(path: &str) -> bool {
    const NAMES: &[&str] =
        &["data", "logs", "log", "media", "uploads", "upload", "state", "storage", "db", "database", "cache", "tmp"];
    path.rsplit('/').next().is_some_and(|name| NAMES.contains(&name.to_ascii_lowercase().as_str()))
        && !path.contains('$')
}

/// Whether a mode lets others write.
fn is_open_to_all(mode: &str) -> bool {
    match mode.parse::<u32>() {
        Ok(_) => mode.ends_with(['2', '3', '6', '7']) && !(mode.len() == 4 && mode.starts_with('1')),
        Err(_) => {
            ["a+w", "a+rw", "a+rwx", "o+w", "o+rw", "o+rwx", "ugo+rw", "ugo+rwx", "a=rwx", "+rwx"].contains(&mode)
        }
    }
}
