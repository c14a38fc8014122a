//! What values an option of a rule takes: the type of its default, and what its rule declares besides.

use super::description::RuleOption;

impl RuleOption {
    fn default_value(&self) -> Option<toml::Value> {
        toml::from_str::<toml::Table>(&format!("value = {}", self.default)).ok()?.remove("value")
    }

    /// What it takes, in words; empty when nothing is known.
    pub(crate) fn takes(&self) -> String {
        let kind = self.default_value().as_ref().map_or("", kind);
        if !self.choices.is_empty() {
            let choices: Vec<String> = self.choices.iter().map(|choice| format!("`{choice}`")).collect();
            let one = if kind == "a list" { "any of" } else { "one of" };
            return format!("{one} {}", choices.join(", "));
        }
        match (&self.minimum, &self.maximum) {
            (Some(minimum), Some(maximum)) => format!("{kind} from {minimum} to {maximum}"),
            (Some(minimum), None) => format!("{kind} from {minimum}"),
            (None, Some(maximum)) => format!("{kind} up to {maximum}"),
            (None, None) => kind.to_owned(),
        }
    }

    /// What is wrong with a value, if anything is.
    pub(crate) fn refuse(&self, value: &toml::Value) -> Option<String> {
        let default = self.default_value()?;
        let is_number = |value: &toml::Value| value.is_integer() || value.is_float();
        let is_fraction = default.is_float() && is_number(value);
        if !is_fraction && kind(&default) != kind(value) {
            return Some(format!("{} where {} belongs", kind(value), self.takes()));
        }
        let items = match (value, &default) {
            (toml::Value::Array(items), toml::Value::Array(defaults)) => {
                let wanted = defaults.first().map(kind);
                if let Some(item) = items.iter().find(|item| wanted.is_some_and(|wanted| kind(item) != wanted)) {
                    return Some(format!("{} in a list where {} belongs", kind(item), wanted.unwrap_or_default()));
                }
                items.as_slice()
            }
            _ => std::slice::from_ref(value),
        };
        let number = value.as_integer().map(|number| number as f64).or_else(|| value.as_float());
        let is_outside = number.is_some_and(|number| {
            let limit = |limit: &Option<serde_json::Number>| limit.as_ref().and_then(serde_json::Number::as_f64);
            limit(&self.minimum).is_some_and(|minimum| number < minimum)
                || limit(&self.maximum).is_some_and(|maximum| number > maximum)
        });
        let is_other = !self.choices.is_empty()
            && items.iter().any(|item| item.as_str().is_some_and(|text| !self.choices.iter().any(|one| one == text)));
        if is_outside || is_other {
            let shown = value.to_string();
            let near =
                items.iter().filter_map(toml::Value::as_str).filter(|text| !self.choices.iter().any(|one| one == text));
            let near = near.map(|text| crate::package::manifest::hint(text, self.choices.iter().map(String::as_str)));
            return Some(format!("`{shown}` where {} belongs{}", self.takes(), near.collect::<String>()));
        }
        None
    }
}

fn kind(value: &toml::Value) -> &'static str {
    match value {
        toml::Value::String(_) => "a string",
        toml::Value::Integer(_) => "a whole number",
        toml::Value::Float(_) => "a number",
        toml::Value::Boolean(_) => "`true` or `false`",
        toml::Value::Datetime(_) => "a date",
        toml::Value::Array(_) => "a list",
        toml::Value::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::RuleOption;

    fn check(default: &str, choices: &[&str], range: (Option<u32>, Option<u32>), value: &str, expected: Option<&str>) {
        let option = RuleOption {
            name: "option".to_owned(),
            default: default.to_owned(),
            description: String::new(),
            choices: choices.iter().map(ToString::to_string).collect(),
            minimum: range.0.map(Into::into),
            maximum: range.1.map(Into::into),
        };
        let value = toml::from_str::<toml::Table>(&format!("value = {value}")).expect("TOML")["value"].clone();
        assert_eq!(option.refuse(&value).as_deref(), expected, "{value} for {default}");
    }

    #[test]
    fn values_fit_their_option() {
        let any = (None, None);
        let percent = (Some(0), Some(100));
        check("80", &[], any, "90", None);
        check("80", &[], any, "\"90\"", Some("a string where a whole number belongs"));
        check("80", &[], percent, "101", Some("`101` where a whole number from 0 to 100 belongs"));
        check("0.5", &[], any, "1", None);
        check("true", &[], any, "1", Some("a whole number where `true` or `false` belongs"));
        check("[\"a\"]", &[], any, "[\"b\", 3]", Some("a whole number in a list where a string belongs"));
        check("[]", &[], any, "[\"b\", 3]", None);
        let modes = ["strict", "standard"];
        check("\"strict\"", &modes, any, "\"standard\"", None);
        let wrong = "`\"strct\"` where one of `strict`, `standard` belongs; did you mean `strict`?";
        check("\"strict\"", &modes, any, "\"strct\"", Some(wrong));
        check("broken", &[], any, "3", None);
    }
}
