//! What `required-version` means for the choice of plugins: a lock file serves every plimsoll that the manifest admits, so
//! that versions are chosen for the oldest of them.

use semver::{Comparator, Op, Version, VersionReq};

use crate::plugin::component::INTERFACE_VERSION;

/// Since which plimsoll there is which interface for plugins, the oldest first.
const INTERFACES: &[(Version, Version)] = &[(Version::new(0, 1, 0), INTERFACE_VERSION)];

/// The newest interface that every plimsoll has which a requirement admits.
pub(crate) fn interface_for(requirement: &VersionReq) -> Version {
    newest_at(INTERFACES, &oldest(requirement))
}

fn newest_at(interfaces: &[(Version, Version)], host: &Version) -> Version {
    let since = |(since, _): &&(Version, Version)| since <= host;
    // A requirement may admit versions that there never were.
    let found = interfaces.iter().rev().find(since).or(interfaces.first());
    found.map_or(INTERFACE_VERSION, |(_, interface)| interface.clone())
}

/// A version that no admitted one is below.
fn oldest(requirement: &VersionReq) -> Version {
    let floor = |comparator: &Comparator| match comparator.op {
        Op::Less | Op::LessEq => Version::new(0, 0, 0),
        _ => Version {
            major: comparator.major,
            minor: comparator.minor.unwrap_or_default(),
            patch: comparator.patch.unwrap_or_default(),
            pre: comparator.pre.clone(),
            build: semver::BuildMetadata::EMPTY,
        },
    };
    requirement.comparators.iter().map(floor).max().unwrap_or(Version::new(0, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_plimsoll_decides() {
        let interfaces = [
            (Version::new(0, 1, 0), Version::new(0, 1, 0)),
            (Version::new(0, 4, 0), Version::new(0, 2, 0)),
            (Version::new(1, 0, 0), Version::new(1, 0, 0)),
        ];
        let check = |requirement: &str, expected: &str| {
            let requirement = VersionReq::parse(requirement).expect("a requirement");
            assert_eq!(newest_at(&interfaces, &oldest(&requirement)).to_string(), expected, "{requirement}");
        };
        check("*", "0.1.0");
        check("<2", "0.1.0");
        check(">=0.3.9, <2", "0.1.0");
        check(">=0.4", "0.2.0");
        check("0.5", "0.2.0");
        check("1.2", "1.0.0");
        check(">0.0.1", "0.1.0");
    }
}
