//! Which roles of files a rule looks at.

use serde::Deserialize;

use crate::plugin::wit::Role;

const ROLES: [(&str, Role); 9] = [
    ("source", Role::Source),
    ("test", Role::Test),
    ("script", Role::Script),
    ("documentation", Role::Documentation),
    ("example", Role::Example),
    ("migration", Role::Migration),
    ("generated", Role::Generated),
    ("vendored", Role::Vendored),
    ("template", Role::Template),
];

/// A set of roles; all of them by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(crate) struct RoleSet(u16);

impl Default for RoleSet {
    fn default() -> Self {
        Self(u16::MAX)
    }
}

impl RoleSet {
    /// Whether a role is in it.
    pub(crate) fn contains(self, role: Role) -> bool {
        self.0 & bit(role) != 0
    }

    /// The roles of both.
    pub(crate) fn or(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// The set of one role.
    pub(crate) fn only(role: Role) -> Self {
        Self(bit(role))
    }
}

impl TryFrom<Vec<String>> for RoleSet {
    type Error = String;

    /// The named roles; all of them when none is named.
    fn try_from(names: Vec<String>) -> Result<Self, String> {
        if names.is_empty() {
            return Ok(Self::default());
        }
        let mut set = 0;
        for name in names {
            let known = ROLES.iter().find(|(known, _)| *known == name);
            set |= bit(known.ok_or_else(|| format!("`{name}` is no role of files"))?.1);
        }
        Ok(Self(set))
    }
}

fn bit(role: Role) -> u16 {
    1 << ROLES.iter().position(|(_, known)| *known == role).unwrap_or(0)
}
