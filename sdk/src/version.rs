//! Python versions by major and minor number, and the specifiers that admit them.

/// A Python version without its patch number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// Reads `3.12` and `3.12.4`; requests of other forms give none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse::<u32>().ok());
        Some(Self { major: parts.next()??, minor: parts.next()?? })
    }
}

/// Whether specifiers of PEP 440 admit some patch release of the version. What can't be read admits everything.
pub fn admits(specifiers: &str, version: Version) -> bool {
    specifiers.split(',').all(|specifier| clause_admits(specifier.trim(), version).unwrap_or(true))
}

fn clause_admits(specifier: &str, version: Version) -> Option<bool> {
    let split = specifier.find(|character: char| character.is_ascii_digit())?;
    let (operator, text) = specifier.split_at(split);
    let parts: Vec<&str> = text.trim().split('.').collect();
    let major_only = parts.len() == 1 || parts.get(1) == Some(&"*");
    let bound = if major_only { Version::parse(&format!("{}.0", parts[0])) } else { Version::parse(text.trim()) }?;
    let patch = parts.get(2).is_some_and(|part| *part != "0" && *part != "*");
    Some(match operator.trim() {
        ">=" | ">" => version >= bound,
        "<" if patch => version <= bound,
        "<" => version < bound,
        "<=" => version <= bound,
        "==" if major_only => version.major == bound.major,
        "==" => version == bound,
        "~=" if parts.len() > 2 => version == bound,
        "~=" | "^" => version.major == bound.major && version >= bound,
        "!=" if parts.get(2) == Some(&"*") => version != bound,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Version, admits};

    #[test]
    fn specifiers_admit_versions() {
        let cases = [
            (">=3.12", "3.12", true),
            (">=3.12", "3.11.9", false),
            (">=3.10,<3.13", "3.13", false),
            (">=3.10,<3.13.2", "3.13", true),
            ("~=3.11", "3.13", true),
            ("~=3.11.2", "3.12", false),
            ("==3.12.*", "3.12.4", true),
            ("^3.11", "3.10", false),
            ("!=3.12.*", "3.12", false),
            (">=3", "3.9", true),
            ("odd", "3.9", true),
        ];
        for (specifiers, version, expected) in cases {
            let version = Version::parse(version);
            assert_eq!(version.map(|version| admits(specifiers, version)), Some(expected), "{specifiers}");
        }
    }
}
