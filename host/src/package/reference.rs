//! Names of repositories in registries: `registry.example.com/acme/rules`.

/// A repository of a registry, or the beginning of some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Repository {
    /// Host and, where it is not the usual one, port.
    pub(crate) registry: String,
    /// Below it; empty for all of a registry.
    pub(crate) path: String,
}

impl Repository {
    /// Reads `HOST[:PORT][/PATH…]`. Nothing is assumed for what is left out: there is no registry by default.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let fail = |reason: &str| Err(format!("`{text}` is no repository of a registry: {reason}"));
        if text.contains("://") {
            return fail("leave out the scheme");
        }
        let (registry, path) = text.split_once('/').unwrap_or((text, ""));
        let (host, port) = registry.split_once(':').unwrap_or((registry, ""));
        let is_host = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-');
        if host.is_empty() || !host.chars().all(is_host) || !(host.contains('.') || host == "localhost") {
            return fail("it begins with a host, as `registry.example.com/team/rules` does");
        }
        if registry.contains(':') && port.parse::<u16>().is_err() {
            return fail("the port is no number");
        }
        let path = path.trim_end_matches('/');
        if path.contains(['@', ':']) {
            return fail("leave out tag and digest: `version` says which one is wanted");
        }
        let is_part = |part: &str| {
            !part.is_empty()
                && part.starts_with(|char: char| char.is_ascii_lowercase() || char.is_ascii_digit())
                && part.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._-".contains(char))
        };
        if !path.is_empty() && !path.split('/').all(is_part) {
            return fail("its path may have lower-case letters, digits, `.`, `_`, `-` and `/`");
        }
        if text.len() > 255 {
            return fail("it is longer than 255 bytes");
        }
        Ok(Self { registry: registry.to_owned(), path: path.to_owned() })
    }

    /// What is left of the path below another repository; none when it is not below.
    pub(crate) fn below(&self, above: &Self) -> Option<&str> {
        if self.registry != above.registry {
            return None;
        }
        if above.path.is_empty() {
            return Some(&self.path);
        }
        let rest = self.path.strip_prefix(&above.path)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// The repository further down.
    pub(crate) fn join(&self, path: &str) -> Self {
        let joined = [self.path.as_str(), path].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>();
        Self { registry: self.registry.clone(), path: joined.join("/") }
    }

    /// Whether only this machine can answer.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.registry.split(':').next().unwrap_or_default();
        host == "localhost" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
    }
}

impl std::fmt::Display for Repository {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let slash = if self.path.is_empty() { "" } else { "/" };
        write!(formatter, "{}{slash}{}", self.registry, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found = Repository::parse(text).map_or_else(|error| error, |it| format!("{} + {}", it.registry, it.path));
        assert!(found.contains(expected), "{text}: {found}");
    }

    #[test]
    fn names() {
        check("registry.example.com/acme/rules", "registry.example.com + acme/rules");
        check("localhost:5000/rules/", "localhost:5000 + rules");
        check("127.0.0.1:5000", "127.0.0.1:5000 + ");
        check("https://registry.example.com/x", "leave out the scheme");
        check("acme/rules", "begins with a host");
        check("registry.example.com:x/rules", "no number");
        check("registry.example.com/rules:1", "leave out tag");
        check("registry.example.com/Rules", "lower-case");
        check("registry.example.com/a//b", "lower-case");
        check("registry.example.com/../b", "lower-case");
    }

    #[test]
    fn below() {
        let parse = |text: &str| Repository::parse(text).expect(text);
        let rules = parse("r.example/acme/rules");
        assert_eq!(rules.below(&parse("r.example")), Some("acme/rules"));
        assert_eq!(rules.below(&parse("r.example/acme")), Some("rules"));
        assert_eq!(rules.below(&rules), Some(""));
        assert_eq!(rules.below(&parse("r.example/ac")), None);
        assert_eq!(rules.below(&parse("other.example/acme")), None);
        assert_eq!(parse("r.example/acme").join("rules"), rules);
    }
}
