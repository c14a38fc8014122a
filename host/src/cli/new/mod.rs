//! `plimsoll new`: a plugin folder that builds, passes its own tests and checks a repository at once.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::{CLEAN, say};
use crate::package::built_in;
use crate::plugin::description::is_kebab_case;

include!(concat!(env!("OUT_DIR"), "/sdk.rs"));

/// Make a folder with a new plugin: two rules, their examples, and the SDK
#[derive(Args)]
pub(super) struct Arguments {
    /// The plugin's name, and its folder's: words in lower case with hyphens between them
    name: String,

    /// The language of its rules
    #[arg(long, value_enum, default_value_t)]
    lang: Language,

    /// The folder, instead of one of the plugin's name
    #[arg(long)]
    path: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Language {
    #[default]
    Rust,
}

/// The files of a new plugin, with `NAME` and `TITLE` in them.
const RUST: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("rust/Cargo.toml.txt")),
    ("requirements.toml", include_str!("rust/requirements.toml")),
    ("README.md", include_str!("rust/README.md")),
    (".gitignore", "/target\n"),
    (".github/workflows/ci.yml", include_str!("rust/ci.yml")),
    ("src/lib.rs", include_str!("rust/lib.rs")),
    ("src/print_call.rs", include_str!("rust/print_call.rs")),
    ("src/unstated_license.rs", include_str!("rust/unstated_license.rs")),
];

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let name = arguments.name.as_str();
    if !is_kebab_case(name) || !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        bail!(
            "`{name}` is no name of a plugin: words in lower case with hyphens between them, `acme-rules` for instance"
        );
    }
    let is_taken = name == "house" || built_in::sections()?.iter().any(|section| section.description.name == name);
    if is_taken {
        bail!("`{name}` is one of plimsoll's own sections: choose another name");
    }
    let folder = arguments.path.clone().unwrap_or_else(|| PathBuf::from(name));
    let is_empty = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if folder.exists() && !is_empty(&folder) {
        bail!("{} is there already, and not empty", folder.display());
    }
    let Language::Rust = arguments.lang;
    let sdk = SDK.iter().map(|(path, text)| (format!("plimsoll-sdk/{path}"), (*text).to_owned()));
    let own = RUST.iter().map(|(path, text)| ((*path).to_owned(), filled(text, name)));
    for (path, text) in own.chain(sdk) {
        let path = folder.join(path);
        let context = || path.display().to_string();
        std::fs::create_dir_all(path.parent().unwrap_or(&folder)).with_context(context)?;
        std::fs::write(&path, text).with_context(context)?;
    }
    let shown = folder.display();
    say(&format!(
        "Made {shown}: two rules with examples in {shown}/src; `plimsoll test {shown}` builds and tests them"
    ));
    Ok(CLEAN)
}

fn filled(text: &str, name: &str) -> String {
    let mut title = name.replace('-', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.replace("NAME", name).replace("TITLE", &title)
}
