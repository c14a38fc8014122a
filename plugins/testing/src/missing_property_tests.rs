//! Round trips of data without property-based tests.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::paths::is_below;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;
use plimsoll_sdk::text::listed;

use crate::suite::{CONFIGURATION, MODULES, is_for_tests, is_named, place_of_tools};

rule! {
    /// Functions that are each other's reverse have no property-based tests.
    ///
    /// `decode(encode(x)) == x` holds for every `x`, and the inputs that break it are those no one thinks of. Let
    /// Hypothesis look for them.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "pytest",  # error: no property-based tests for the round trips `encode_ship`, `pack`
    /// ]
    /// ```
    /// ```python bad src/app/ships.py
    /// import struct
    ///
    /// def encode_ship(ship):
    ///     return bytes([len(ship.name)]) + ship.name.encode() + struct.pack("<I", ship.mass)
    ///
    /// def decode_ship(data):
    ///     return data[1 : 1 + data[0]].decode(), struct.unpack("<I", data[1 + data[0] :])
    ///
    /// def pack(ships):
    ///     return b"".join(encode_ship(ship) for ship in ships)
    ///
    /// def unpack(data):
    ///     return [decode_ship(part) for part in data.split(b"|")]
    /// ```
    /// ```python bad tests/test_ships.py
    /// from app.ships import decode_ship, encode_ship
    ///
    /// def test_ship(): ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "hypothesis"]
    /// ```
    /// ```python good src/app/ships.py
    /// def encode_ship(ship):
    ///     return bytes([len(ship.name)]) + ship.name.encode()
    ///
    /// def decode_ship(data):
    ///     return data[1 : 1 + data[0]].decode()
    /// ```
    /// ```python good tests/test_ships.py
    /// from hypothesis import given
    /// from app.ships import decode_ship, encode_ship
    ///
    /// def test_ship(): ...
    /// ```
    ///
    /// Not all that has such names is a round trip: one side may take something else than the other gives, or hand
    /// the work on.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    /// ```
    /// ```python good src/app/ships.py
    /// import click
    /// from app.adapter import adapter
    ///
    /// def encode_cookie(ships: list[str]) -> str:
    ///     return ",".join(sorted(ship.lower() for ship in ships))
    ///
    /// def decode_cookie(request: Request) -> list[str]:
    ///     return [ship for ship in request.COOKIES["ships"].split(",") if ship]
    ///
    /// def encrypt(text: str) -> str:
    ///     """Encrypt a text with whatever is set to encrypt texts."""
    ///     return adapter().encrypt(text)
    ///
    /// def decrypt(text: str) -> str:
    ///     """Decrypt a text with whatever is set to encrypt texts."""
    ///     return adapter().decrypt(text)
    ///
    /// @click.command("pack")
    /// def pack(path):
    ///     click.echo(path.read_text().replace("\n", " ").strip())
    ///
    /// @click.command("unpack")
    /// def unpack(path):
    ///     click.echo(path.read_text().replace(" ", "\n").strip())
    /// ```
    /// ```python good tests/test_ships.py
    /// from app.ships import decode_cookie, decrypt, encode_cookie, encrypt
    ///
    /// def test_ship(): ...
    /// ```
    pub(crate) static MISSING_PROPERTY_TESTS = {
        id: "missing-property-tests",
        requirements: ["3.2.6", "8.5.1", "8.5.4"],
        check: Check::Repository(missing_property_tests),
        confidence: Low,
        roles: [Role::Source],
        wants: [
            Want::Definitions(&["function"], FUNCTIONS),
            Want::SearchEverywhere(IMPORTED, &["*.py"]),
            Want::SearchEverywhere(NAMED, CONFIGURATION),
        ],
    }
}

const PAIRS: &[(&str, &str)] = &[
    ("encode", "decode"),
    ("serialize", "deserialize"),
    ("serialise", "deserialise"),
    ("marshal", "unmarshal"),
    ("pack", "unpack"),
    ("dump", "load"),
    ("dumps", "loads"),
    ("compress", "decompress"),
    ("encrypt", "decrypt"),
    ("escape", "unescape"),
    ("quote", "unquote"),
];
const FUNCTIONS: &[&str] = &[concat!(
    "/^(encode|decode|serialize|deserialize|serialise|deserialise|marshal|unmarshal|pack|unpack|dump|load|dumps|loads",
    "|compress|decompress|encrypt|decrypt|escape|unescape|quote|unquote)(_|$)/"
)];
const IMPORTED: &[&str] = &[r"(?m)^[ \t]*(?:from|import)[ \t]+(hypothesis|schemathesis)(?-u:\b)"];
const NAMED: &[&str] = &[r"(?:hypothesis|schemathesis)"];
/// How many pairs make a note worth reading.
const LEAST: usize = 2;

fn missing_property_tests(report: &mut Report) {
    let is_imported = !repository::search(IMPORTED, &["*.py"]).is_empty();
    if let Some(unused) = project::dependencies(&["hypothesis"]).iter().find(|_| !is_imported) {
        if is_for_tests(unused) && unused.kind == "development" {
            let message = "`hypothesis` is installed, and no test imports it";
            report.finding(&unused.place, message).help("write property-based tests, or remove it");
        }
        return;
    }
    if is_imported || is_named(NAMED) {
        return;
    }
    let pairs = pairs();
    // Code for two worlds has each of them twice.
    let names: BTreeSet<&String> = pairs.iter().map(|(name, _)| name).collect();
    let first = pairs.first().filter(|_| names.len() >= LEAST);
    let Some(place) = first.and_then(|(_, first)| place_of_tools(&first.path)) else {
        for requirement in MISSING_PROPERTY_TESTS.requirements {
            report.not_applicable(requirement, "no round trips of data in sight");
        }
        return;
    };
    let shown: BTreeSet<&String> = pairs.iter().map(|(name, _)| name).collect();
    let shown: Vec<&String> = shown.into_iter().take(3).collect();
    let mut finding = report
        .finding(
            &place,
            format!("no property-based tests for the round trips {}", listed(&shown).replace(" and ", ", ")),
        )
        .help("test with `hypothesis` that decoding reverses encoding");
    for (name, place) in pairs.iter().take(3) {
        finding = finding.related(place, format!("`{name}` has a reverse"));
    }
    drop(finding);
}

/// The functions of modules that tests import and whose reverse stands in the same module.
fn pairs() -> Vec<(String, Place)> {
    let mut modules: BTreeMap<String, Vec<Definition>> = BTreeMap::new();
    for definition in python::definitions(&["function"], FUNCTIONS) {
        let site = &definition.site;
        let is_nested = site.function.is_some() || site.class.is_some();
        let is_short = definition.extent.end.saturating_sub(definition.extent.start) < 60;
        let is_product = site.role == Role::Source && !product::is_beside(&site.place.path);
        if is_product && !is_nested && !is_short && takes_data(&definition) && !wraps(&definition) {
            modules.entry(site.module.clone()).or_default().push(definition);
        }
    }
    let mut pairs = Vec::new();
    for (module, definitions) in &modules {
        for definition in definitions {
            let reverse = |(there, back): &(&str, &str)| {
                let rest = definition.name.strip_prefix(there)?;
                (rest.is_empty() || rest.starts_with('_')).then(|| format!("{back}{rest}"))
            };
            let Some(back) = PAIRS.iter().find_map(reverse) else { continue };
            if definitions.iter().any(|other| other.name == back && takes_result(definition, other)) {
                pairs.push((module, definition));
            }
        }
    }
    if pairs.is_empty() {
        return Vec::new();
    }
    let mut imported: BTreeSet<String> = BTreeSet::new();
    for file in repository::find(MODULES) {
        let text = repository::read(&file.path).unwrap_or_default();
        let named = text.lines().filter_map(|line| line.strip_prefix("from ").or_else(|| line.strip_prefix("import ")));
        let end = |letter: char| !letter.is_alphanumeric() && !"._".contains(letter);
        imported.extend(named.filter_map(|names| Some(names.trim_start().split(end).next()?.to_owned())));
    }
    let is_tested =
        |module: &str| imported.iter().any(|name| is_below(&module.replace('.', "/"), &name.replace('.', "/")));
    pairs.retain(|(module, _)| is_tested(module));
    pairs.into_iter().map(|(_, definition)| (definition.name.clone(), definition.site.place.clone())).collect()
}

/// Whether a function may be one side of a round trip: it takes something, and no decorator makes a command of it.
fn takes_data(definition: &Definition) -> bool {
    !definition.parameters.is_empty() && definition.decorators.is_empty()
}

/// Whether a function may take what another gives; annotations that differ altogether say no.
fn takes_result(there: &Definition, back: &Definition) -> bool {
    let taken = back.parameters.first().and_then(|parameter| parameter.annotation.as_ref());
    let types = |annotation: &str| -> BTreeSet<String> {
        let words = annotation.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (Some(given), Some(taken)) = (&there.returns, taken) else { return true };
    let (given, taken) = (types(given), types(taken));
    let is_open = |types: &BTreeSet<String>| types.contains("Any") || types.contains("object");
    is_open(&given) || is_open(&taken) || !given.is_disjoint(&taken)
}

/// Whether a function hands all the work to a library.
fn wraps(definition: &Definition) -> bool {
    const LIBRARIES: &[&str] =
        &["json.", "pickle.", "yaml.", "orjson.", "toml", "base64.", "msgpack.", "jwt.", "cryptography.", "urllib."];
    let is_format = ["yaml", "json", "toml", "pickle", "base64"].iter().any(|it| definition.name.contains(it));
    let own = format!(".{}", definition.name);
    let hands_on = definition.calls.len() <= 2 && definition.calls.iter().any(|call| call.ends_with(&own));
    is_format
        || hands_on
        || definition.calls.len() <= 4
            && definition.calls.iter().any(|call| LIBRARIES.iter().any(|it| call.starts_with(it)))
}
