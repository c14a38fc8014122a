//! Builds the sections under `plugins/` and hands them to the host, as components and compiled for every machine of the
//! architecture, and finds out ahead what their expressions need and match. Runs again only when a plugin, the SDK, the
//! interface, the runtime's settings or what looks at expressions changes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context;
use sha2::{Digest, Sha256};
use wasmtime::Engine;

use make::Matched;
use settings::{THREAD_STACK, settings};

#[path = "src/package/beside.rs"]
mod beside;
#[path = "src/package/componentize.rs"]
mod componentize;
#[path = "src/facts/premade/form.rs"]
mod form;
#[path = "src/facts/search/gate.rs"]
mod gate;
#[path = "src/facts/premade/make.rs"]
mod make;
#[path = "src/plugin/settings.rs"]
mod settings;

fn main() {
    if let Err(error) = run() {
        println!("cargo::error={}", format!("{error:#}").replace('\n', "\\n"));
    }
}

fn run() -> anyhow::Result<()> {
    let output = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR is not set")?);
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("CARGO_MANIFEST_DIR is not set")?)
        .parent()
        .context("the host has no parent folder")?
        .to_owned();
    for watched in [
        "plugins",
        "sdk",
        "wit",
        "Cargo.toml",
        "host/src/facts/premade/form.rs",
        "host/src/facts/premade/make.rs",
        "host/src/facts/search/gate.rs",
        "host/src/package/beside.rs",
        "host/src/package/componentize.rs",
        "host/src/plugin/settings.rs",
    ] {
        println!("cargo::rerun-if-changed={}", root.join(watched).display());
    }

    let mut sections: Vec<String> = fs::read_dir(root.join("plugins"))?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    sections.sort();
    let packages: Vec<String> = sections.iter().map(|section| format!("plimsoll-{section}")).collect();
    let modules = componentize::build_modules(&root.join("Cargo.toml"), &packages, &output.join("plugins"))?;

    let compiler = compiler()?;
    let (mut patterns, mut expressions) = (BTreeSet::new(), BTreeSet::new());
    let mut table = String::from("/// The built-in sections, sorted by name.\n");
    table.push_str("pub(crate) static BUILT_IN: &[BuiltIn] = &[\n");
    for (section, module) in sections.iter().zip(&modules) {
        let component = componentize::componentize(&fs::read(module)?).with_context(|| format!("plugins/{section}"))?;
        let path = output.join(format!("{section}.wasm"));
        write_if_changed(&path, &component)?;
        let code = output.join(format!("{section}.code"));
        write_if_changed(
            &code,
            &compile(compiler.as_ref(), &component).with_context(|| format!("plugins/{section}"))?,
        )?;
        let digest = sha256(&component);
        let description = description(&component).with_context(|| format!("plugins/{section}"))?;
        patterns.extend(searched(&description));
        expressions.extend(named(&description));
        let described = output.join(format!("{section}.json"));
        write_if_changed(&described, description.to_string().as_bytes())?;
        writeln!(table, "    BuiltIn {{ name: {section:?}, digest: {digest:?},")?;
        writeln!(table, "        wasm: include_bytes!({:?}),", path.display().to_string())?;
        writeln!(table, "        code: &Aligned(*include_bytes!({:?})),", code.display().to_string())?;
        writeln!(table, "        description: include_bytes!({:?}), examples: &[", described.display().to_string())?;
        for example in beside::examples(&root.join("plugins").join(section).join("tests"))? {
            let name = example.file_name().unwrap_or_default().display().to_string();
            writeln!(table, "        ({name:?}, include_str!({:?})),", example.display().to_string())?;
        }
        table.push_str("    ] },\n");
    }
    table.push_str("];\n");
    write_if_changed(&output.join("built_in.rs"), table.as_bytes())?;
    write_if_changed(&output.join("needs.rs"), needs(&patterns)?.as_bytes())?;
    let automata = automata(&patterns, &expressions, &output.join("premade"))?;
    write_if_changed(&output.join("premade.rs"), automata.as_bytes())?;
    write_if_changed(&output.join("sdk.rs"), sdks(&root)?.as_bytes())
}

/// What compiles for every machine of the architecture that this build is for; none when this machine can't, so that the
/// program will have to do it.
fn compiler() -> anyhow::Result<Option<Engine>> {
    let target = env::var("TARGET").context("TARGET is not set")?;
    let mut settings = settings();
    // A target that is named has the architecture's least features, not those of the machine at hand.
    // Settings of this kind may differ between who compiles code and who runs it.
    settings.cranelift_opt_level(wasmtime::OptLevel::Speed);
    let engine = settings.target(&target).and_then(|settings| Engine::new(settings));
    if let Err(error) = &engine {
        println!("cargo::warning=the sections are not compiled for {target}: {error:#}");
    }
    Ok(engine.ok())
}

/// The compiled form of a component; nothing without a compiler.
fn compile(compiler: Option<&Engine>, component: &[u8]) -> anyhow::Result<Vec<u8>> {
    let Some(compiler) = compiler else { return Ok(Vec::new()) };
    // Compiling recurses deeper than the stacks of this process's own threads are sure to be.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(THREAD_STACK);
        let compiling = thread.spawn_scoped(scope, || compiler.precompile_component(component))?;
        compiling.join().map_err(|_| anyhow::anyhow!("the compiler failed"))?.map_err(Into::into)
    })
}

/// What a component says of itself, with its requirements as a list.
fn description(component: &[u8]) -> anyhow::Result<serde_json::Value> {
    for payload in wasmparser::Parser::new(0).parse_all(component) {
        let wasmparser::Payload::CustomSection(section) = payload? else { continue };
        if section.name() == "plimsoll:description" {
            let mut description: serde_json::Value = serde_json::from_slice(section.data())?;
            let requirements = description["requirements"].as_str().context("its requirements are no text")?;
            let mut requirements: toml::Table = requirements.parse()?;
            let list = requirements.remove("requirement").unwrap_or_else(|| toml::Value::Array(Vec::new()));
            description["requirements"] = serde_json::to_value(list)?;
            return Ok(description);
        }
    }
    anyhow::bail!("it does not describe itself")
}

/// The patterns that the rules of a section look for in texts.
fn searched(description: &serde_json::Value) -> Vec<String> {
    wanted(description, |kind| kind.starts_with("search"))
}

/// The regular expressions that they compare names with.
fn named(description: &serde_json::Value) -> Vec<String> {
    let names = wanted(description, |kind| !kind.starts_with("search")).into_iter();
    let expression = |name: String| {
        // Those of assignments may be limited to a scope: `module:/^[a-z]/`.
        let pattern = name
            .split_once(":/")
            .filter(|_| !name.starts_with('/'))
            .map_or(&name[..], |(scope, _)| &name[scope.len() + 1..]);
        Some(pattern.strip_prefix('/')?.strip_suffix('/')?.to_owned())
    };
    names.filter_map(expression).collect()
}

/// The names of what the rules of a section want of some kinds of facts.
fn wanted(description: &serde_json::Value, is_kind: impl Fn(&str) -> bool) -> Vec<String> {
    let items = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let wants = items(&description["rules"]).into_iter().flat_map(|rule| {
        let trigger = rule["trigger"].clone();
        items(&rule["wants"]).into_iter().chain([trigger])
    });
    let wants = wants.filter(|want| want["kind"].as_str().is_some_and(&is_kind));
    wants.flat_map(|want| items(&want["names"])).filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// The table of what patterns need of a text.
fn needs(patterns: &BTreeSet<String>) -> anyhow::Result<String> {
    let mut table = String::from("static STUDIED: &[Studied] = &[\n");
    for pattern in patterns {
        let gate::Needs { is_unicode, is_of_one_line, gates, folded, marks } =
            gate::needs(pattern).with_context(|| format!("{pattern} is no pattern"))?;
        writeln!(table, "    Studied {{ pattern: {pattern:?},")?;
        write!(table, "        is_unicode: {is_unicode}, is_of_one_line: {is_of_one_line}")?;
        for (name, gates) in [("gates", gates), ("folded", folded)] {
            write!(table, ", {name}: &[")?;
            for gate in gates {
                let literals: Vec<String> = gate.iter().map(|text| format!("b\"{}\"", text.escape_ascii())).collect();
                write!(table, "&[{}], ", literals.join(", "))?;
            }
            table.push(']');
        }
        writeln!(table, ", marks: b\"{}\" }},", marks.escape_ascii())?;
    }
    table.push_str("];\n");
    Ok(table)
}

/// The tables of the automata, each in a file of its own. What needs the tables of Unicode or would be large is left out:
/// it is compiled when it is met.
fn automata(patterns: &BTreeSet<String>, expressions: &BTreeSet<String>, folder: &Path) -> anyhow::Result<String> {
    fs::create_dir_all(folder)?;
    let is_unicode = |pattern: &str| gate::needs(pattern).is_some_and(|needs| needs.is_unicode);
    let names = |expression: &str| make::automaton(expression, Matched::Text);
    let ascii_names = |expression: &str| match names(expression) {
        // The other table has it.
        Some(_) => None,
        None => make::automaton(expression, Matched::Bytes),
    };
    let texts = |pattern: &str| make::automaton(pattern, Matched::Bytes).filter(|_| !is_unicode(pattern));
    let made = [
        ("NAMES", expressions, &names as &dyn Fn(&str) -> Option<Vec<u8>>),
        ("ASCII_NAMES", expressions, &ascii_names),
        ("TEXTS", patterns, &texts),
    ];
    let mut tables = String::new();
    for (name, expressions, automaton) in made {
        writeln!(tables, "static {name}: &Table = &[")?;
        for (index, expression) in expressions.iter().enumerate() {
            let Some(automaton) = automaton(expression) else { continue };
            let path = folder.join(format!("{name}-{index}"));
            write_if_changed(&path, &automaton)?;
            writeln!(tables, "    ({expression:?}, include_bytes!({:?})),", path.display().to_string())?;
        }
        tables.push_str("];\n");
    }
    Ok(tables)
}

/// The SDKs as new plugins get them: packages that stand alone.
fn sdks(root: &Path) -> anyhow::Result<String> {
    let sdk = root.join("sdk");
    let mut text = String::new();
    let rust = rust_manifest(root)?;
    write_table(&mut text, "RUST", Some(&rust), &sdk, &[])?;
    write_table(&mut text, "PYTHON", None, &sdk.join("python"), &["pyproject.toml"])?;
    write_table(&mut text, "JAVASCRIPT", None, &sdk.join("javascript"), &["package.json"])?;
    Ok(text)
}

/// The manifest of the SDK for Rust, without the workspace.
fn rust_manifest(root: &Path) -> anyhow::Result<String> {
    let workspace: toml::Table = fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    let package = workspace["workspace"]["package"].clone();
    let dependency = &workspace["workspace"]["dependencies"]["wit-bindgen"];
    let field = |name: &str| package.get(name).map(|value| format!("{name} = {value}\n")).unwrap_or_default();
    Ok(format!(
        "[package]\nname = \"plimsoll-sdk\"\ndescription = \"Write plimsoll rules in Rust\"\n{}{}{}{}\n[dependencies]\n\
         wit-bindgen = {dependency}\n",
        field("version"),
        field("edition"),
        field("rust-version"),
        field("license")
    ))
}

/// Writes the files of an SDK: a manifest of its own if it has one, these files, and all in its folder `src`.
fn write_table(text: &mut String, name: &str, manifest: Option<&str>, sdk: &Path, more: &[&str]) -> anyhow::Result<()> {
    writeln!(text, "/// The files of an SDK, with their paths.\nstatic {name}_SDK: &[(&str, &str)] = &[")?;
    if let Some(manifest) = manifest {
        writeln!(text, "    (\"Cargo.toml\", {manifest:?}),")?;
    }
    let mut files: Vec<PathBuf> = more.iter().map(|name| sdk.join(name)).collect();
    let mut folders = vec![sdk.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            match path.is_dir() {
                // What Python keeps of modules that it has loaded.
                true if path.ends_with("__pycache__") => {}
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    for file in files {
        let shown = file.strip_prefix(sdk)?.components().map(|part| part.as_os_str().to_string_lossy());
        let shown = shown.collect::<Vec<_>>().join("/");
        writeln!(text, "    ({shown:?}, include_str!({:?})),", file.display().to_string())?;
    }
    text.push_str("];\n");
    Ok(())
}

/// SHA-256 in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
