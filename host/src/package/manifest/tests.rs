//! What is wrong in manifests is said with its place.

use super::*;

fn check(text: &str) -> String {
    match Manifest::parse("plimsoll.toml", text) {
        Ok(manifest) => format!("{} rules, {} overrides", manifest.rules.len(), manifest.overrides.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_manifest_says_what_is_wrong_and_where() {
    assert_eq!(check(""), "0 rules, 0 overrides");
    assert_eq!(
        check("[rules]\n\"docker\" = \"warn\"\n\"quality/a\" = { level = \"deny\", minimum = 3 }\n"),
        "2 rules, 0 overrides"
    );
    assert!(check("standard = \"2.0\"\n").starts_with("plimsoll.toml:1:12: `2.0` is no edition"));
    let both = check("exlude = []\n[rules]\n\"docker\" = \"wran\"\n");
    assert!(both.starts_with("plimsoll.toml:1:1: the manifest has no key `exlude`; did you mean `exclude`?"), "{both}");
    assert!(both.contains("plimsoll.toml:3:12: `wran` is not known; did you mean `warn`?"), "{both}");
    assert!(check("exclude = 3\n").contains("a number where a list of strings belongs"));
    assert!(check("profiles = [\"libary\"]\n").contains("did you mean `library`?"));
    assert_eq!(check("profiles = [\"payments\"]\n"), "0 rules, 0 overrides");
    assert!(check("required-version = \">99\"\n").contains("is required"));
    assert!(check("[plugins]\na = { oci = \"x\" }\n").starts_with("plimsoll.toml:2:13: `x` is no repository"));
    assert!(check("[plugins]\na = { path = \"x\", oci = \"r.example/x\" }\n").contains("not from both"));
    assert!(check("[plugins]\na = \"one\"\n").contains("`one` is no requirement of versions"));
    assert!(check("[registries]\nacme = { mirror = \"m.example\" }\n").contains("needs a `url`"));
    assert!(check("x = [").starts_with("plimsoll.toml:1:"));
}

#[test]
fn mistakes_in_house_rules_are_said_at_their_place() {
    assert_eq!(check("[[ban]]\nid = \"house/a\"\nimports = [\"b\"]\nreason = \"c\"\n"), "0 rules, 0 overrides");
    let text = "[[ban]]\nid = \"Boto\"\nimprots = [\"boto3\"]\n\n[[require]]\nid = \"b\"\nreason = \"r\"\ncalls = [\"x\"]\n\n\
                [[require]]\nid = \"e\"\nreason = \"r\"\nkey = \"a..b\"\nwithout = [\"c\"]\n\n[[ban]]\nid = \"d\"\nreason = \
                \"r\"\ndependencies = [\"x<=>1\", \"<2\"]\n\n[[ban]]\nid = \"f\"\nreason = \"r\"\nhooks = [\"a*b\"]\nfiles = []\n";
    let expected = [
        "plimsoll.toml:1:1: `[[ban]]` needs an `id`, such as `house/no-boto`, and a `reason`",
        "plimsoll.toml:1:1: the entry names nothing; it needs one of `imports`, `calls`",
        "plimsoll.toml:2:6: `Boto` is no id",
        "plimsoll.toml:3:1: a ban has no key `improts`; did you mean `imports`?",
        "plimsoll.toml:5:1: `calls` can't be required; there are `dependencies`",
        "plimsoll.toml:10:1: `key` needs the `document` that has it",
        "plimsoll.toml:13:7: it is no path of keys",
        "plimsoll.toml:14:1: `without` belongs to `calls`",
        "plimsoll.toml:19:17: `x<=>1`: ",
        "plimsoll.toml:19:26: `<2`: it names no package",
        "plimsoll.toml:21:1: `files` and `hooks` belong into two entries",
        "plimsoll.toml:24:10: `a*b`: `*` may stand at one end only",
        "plimsoll.toml:25:9: `files` is empty",
    ];
    let found = check(text);
    let found: Vec<&str> = found.split("\nerror: ").collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} where {expected} belongs");
    }
    let entry = "[[ban]]\nid = \"d\"\nreason = \"r\"\nfiles = [\"a\"]\n";
    assert_eq!(check(&entry.repeat(2)), "plimsoll.toml:6:6: `d` is the id of another entry already");
}

#[test]
fn selectors_name_sections_and_rules() {
    assert!(selects("docker", "docker/root-user"));
    assert!(selects("docker/*", "docker/root-user"));
    assert!(selects("docker/root-user", "docker/root-user"));
    assert!(!selects("docker", "dockerless/root-user"));
}

#[test]
fn the_nearest_name_is_one_that_looks_alike() {
    assert_eq!(nearest("docker/rot-user", ["docker/root-user", "security/weak-hash"]), Some("docker/root-user"));
    assert_eq!(nearest("nonsense", ["docker/root-user"]), None);
    assert_eq!(nearest("gti", ["ci", "git", "quality"]), Some("git"));
}
