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
    Python,
    /// Also for TypeScript.
    Javascript,
}

type Files = &'static [(&'static str, &'static str)];

impl Language {
    /// The files of a new plugin, with `NAME`, `MODULE` and `TITLE` in them.
    fn files(self) -> Files {
        match self {
            Self::Rust => &[
                ("Cargo.toml", include_str!("rust/Cargo.toml.txt")),
                ("README.md", include_str!("rust/README.md")),
                (".gitignore", "/target\n"),
                (".github/workflows/ci.yml", include_str!("rust/ci.yml")),
                ("src/lib.rs", include_str!("rust/lib.rs")),
                ("src/print_call.rs", include_str!("rust/print_call.rs")),
                ("src/unstated_license.rs", include_str!("rust/unstated_license.rs")),
            ],
            Self::Python => &[
                ("pyproject.toml", include_str!("python/pyproject.toml")),
                ("README.md", include_str!("python/README.md")),
                (".gitignore", "/target\n/.venv\n__pycache__\n"),
                (".github/workflows/ci.yml", include_str!("python/ci.yml")),
                ("src/MODULE/__init__.py", include_str!("python/__init__.py")),
                ("src/MODULE/print_call.py", include_str!("python/print_call.py")),
                ("src/MODULE/unstated_license.py", include_str!("python/unstated_license.py")),
                ("tests/test_rules.py", include_str!("python/test_rules.py")),
            ],
            Self::Javascript => &[
                ("package.json", include_str!("javascript/package.json")),
                ("tsconfig.json", include_str!("javascript/tsconfig.json")),
                ("README.md", include_str!("javascript/README.md")),
                (".gitignore", "/target\n/node_modules\n"),
                (".github/workflows/ci.yml", include_str!("javascript/ci.yml")),
                ("src/plugin.js", include_str!("javascript/plugin.js")),
                ("src/print-call.js", include_str!("javascript/print-call.js")),
                ("src/unstated-license.js", include_str!("javascript/unstated-license.js")),
                ("docs/rules/print-call.md", include_str!("javascript/print-call.md")),
                ("docs/rules/unstated-license.md", include_str!("javascript/unstated-license.md")),
                ("tests/rules.test.js", include_str!("javascript/rules.test.js")),
            ],
        }
    }

    fn sdk(self) -> Files {
        match self {
            Self::Rust => RUST_SDK,
            Self::Python => PYTHON_SDK,
            Self::Javascript => JAVASCRIPT_SDK,
        }
    }
}

/// What every new plugin has, whatever its language.
const SHARED: Files = &[("requirements.toml", include_str!("requirements.toml"))];

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let name = arguments.name.as_str();
    if !is_kebab_case(name) || !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        bail!(
            "`{name}` is no name of a plugin: words in lower case with hyphens between them, `acme-rules` for instance"
        );
    }
    if built_in::is_name(name) {
        bail!("`{name}` is one of plimsoll's own sections: choose another name");
    }
    let folder = arguments.path.clone().unwrap_or_else(|| PathBuf::from(name));
    let is_empty = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if folder.exists() && !is_empty(&folder) {
        bail!("{} is there already, and not empty", folder.display());
    }
    let sdk = arguments.lang.sdk().iter().map(|(path, text)| (format!("plimsoll-sdk/{path}"), (*text).to_owned()));
    let own = arguments.lang.files().iter().chain(SHARED);
    let own = own.map(|(path, text)| (filled(path, name), filled(text, name)));
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
    text.replace("NAME", name).replace("TITLE", &title).replace("MODULE", &name.replace('-', "_"))
}
