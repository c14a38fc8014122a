//! What coverage is told: its settings, and the options that commands and pytest's `addopts` pass to pytest-cov.

use plimsoll_sdk::paths::{file_name, join};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;
use plimsoll_sdk::settings::{COVERAGE, PYTEST, Settings};

/// Where one of pytest-cov's or Coverage.py's options stands, with its value.
pub(crate) struct Flag {
    pub(crate) name: String,
    pub(crate) value: Option<String>,
    pub(crate) place: Place,
}

/// All that decides how the repository measures coverage.
pub(crate) struct Coverage {
    pub(crate) project: Project,
    pub(crate) settings: Settings,
    pub(crate) flags: Vec<Flag>,
}

/// What measures coverage in the repository's main project; none where nothing does, or only where no one can look.
pub(crate) fn coverage() -> Option<Coverage> {
    let main = product::main_project()?;
    // In a repository of several projects the first one that has settings speaks for it.
    let mut own = project::projects();
    own.retain(|project| product::is_product(project) && Settings::of(&COVERAGE, &project.root).exists());
    let is_set = Settings::of(&COVERAGE, &main.root).exists();
    let project = if is_set { main } else { own.into_iter().next().unwrap_or(main) };
    let settings = Settings::of(&COVERAGE, &project.root);
    let mut flags = addopts(&project.root);
    for command in automation::commands(&["pytest", "py.test", "coverage", "slipcover"]) {
        flags.extend(options(&command.words, &command.place));
        if command.program() == "coverage" || command.program() == "slipcover" {
            flags.push(Flag { name: command.program().to_owned(), value: None, place: command.place });
        }
    }
    let configured = flags.iter().filter(|flag| matches!(flag.name.as_str(), "--cov-config" | "--rcfile"));
    let named =
        configured.filter_map(|flag| Settings::named(&COVERAGE, &join(&project.root, flag.value.as_deref()?))).next();
    let settings = named.unwrap_or(settings);
    let measures = flags.iter().any(|flag| matches!(flag.name.as_str(), "--cov" | "coverage" | "slipcover"));
    (settings.exists() || measures).then_some(Coverage { project, settings, flags })
}

impl Coverage {
    /// The options of this name.
    pub(crate) fn flags<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Flag> + use<'a> {
        self.flags.iter().filter(move |flag| flag.name == name)
    }

    /// Where something is missing: the table that would hold it, the settings, the option `--cov`, the project.
    pub(crate) fn place(&self, table: &str) -> Place {
        let table = self.settings.setting(&[table]).map(|table| table.place);
        let option = || self.flags("--cov").next().map(|flag| flag.place.clone());
        table.or_else(|| self.settings.place()).or_else(option).unwrap_or_else(|| self.project.place.clone())
    }

    /// Whether a plug-in of Coverage.py sets strict defaults.
    pub(crate) fn has_strict_defaults(&self) -> bool {
        self.list("run", "plugins").iter().any(|plugin| plugin == "covdefaults")
    }

    /// A setting of several values; INI files write them on lines or with commas.
    pub(crate) fn list(&self, table: &str, key: &str) -> Vec<String> {
        let setting = self.settings.setting(&[table, key]);
        let texts =
            setting.map_or(Vec::new(), |setting| setting.value.strings().iter().map(|&it| it.to_owned()).collect());
        let parts = texts.iter().flat_map(|text| text.split(['\n', ','])).map(str::trim);
        parts.filter(|part| !part.is_empty() && !part.starts_with('#')).map(str::to_owned).collect()
    }
}

fn addopts(folder: &str) -> Vec<Flag> {
    let settings = Settings::of(&PYTEST, folder);
    let Some(setting) = settings.setting(&["addopts"]) else { return Vec::new() };
    let words: Vec<String> =
        setting.value.strings().iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
    options(&words, &setting.place)
}

/// The long options among words; a value stands after `=` or in the next word.
fn options(words: &[String], place: &Place) -> Vec<Flag> {
    let mut flags = Vec::new();
    for (index, word) in words.iter().enumerate().filter(|(_, word)| word.starts_with("--")) {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), words.get(index + 1).filter(|next| !next.starts_with('-')).cloned()),
        };
        flags.push(Flag { name: name.to_owned(), value, place: place.clone() });
    }
    flags
}

/// Whether a path names tests.
pub(crate) fn names_tests(path: &str) -> bool {
    matches!(file_name(path.trim_end_matches(['/', '*'])), "tests" | "test")
}
