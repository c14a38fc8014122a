//! Deserialization that runs code.

use plimsoll_sdk::prelude::*;

use crate::origin::is_external;

rule! {
    /// Data is deserialized in a way that can run code.
    ///
    /// Loading a pickle runs whatever it says. Use JSON, or a format with a schema; load YAML with `yaml.safe_load`,
    /// model weights with `weights_only=True`. Data that visibly comes from outside is an error; whether any other data
    /// does can't be seen, so the rest shows on request only.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/cache.py
    /// import pickle
    /// import requests
    /// import yaml
    ///
    /// def load(path: str):
    ///     pickle.loads(requests.get("https://example.org").content)  # error: `pickle.loads` of data that comes from outside
    ///     yaml.load(open(path))  # error: `yaml.load` without a safe loader
    ///     return pickle.load(open(path, "rb"))  # error: `pickle.load` can run code
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/cache.py
    /// import json
    /// import pickle
    /// import yaml
    /// import torch
    /// import numpy as np
    ///
    /// def load(path: str):
    ///     yaml.safe_load(open(path))
    ///     yaml.load(open(path), Loader=yaml.SafeLoader)
    ///     torch.load(path, weights_only=True)
    ///     np.load(path)
    ///     copy = pickle.loads(pickle.dumps(path))
    ///     return json.loads(path)
    /// ```
    /// ```python good src/app/signed.py
    /// import hmac
    /// import pickle
    ///
    /// def load(data: bytes, signature: bytes, key: bytes):
    ///     if not hmac.compare_digest(hmac.digest(key, data, "sha256"), signature):
    ///         raise ValueError("not ours")
    ///     return pickle.loads(data)
    /// ```
    ///
    /// YAML has a loader that builds nothing but data:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/settings.py
    /// import yaml
    ///
    /// def load(path: str):
    ///     base = yaml.load(open("base.yaml"))  # error: `yaml.load` without a safe loader
    ///     return base | yaml.load(open(path), Loader=yaml.Loader)  # error: `yaml.load` without a safe loader
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/settings.py
    /// import yaml
    ///
    /// def load(path: str):
    ///     base = yaml.safe_load(open("base.yaml"))
    ///     return base | yaml.load(open(path), Loader=yaml.SafeLoader)
    /// ```
    pub(crate) static UNPICKLING = {
        id: "unpickling",
        requirements: ["9.6.4"],
        check: Check::Calls(
            &[
                "pickle.load", "pickle.loads", "pickle.Unpickler", "_pickle.loads", "cloudpickle.load", "cloudpickle.loads",
                "dill.load", "dill.loads", "jsonpickle.decode", "marshal.load", "marshal.loads", "shelve.open", "joblib.load",
                "pandas.read_pickle", "numpy.load", "torch.load", "yaml.load", "yaml.load_all", "yaml.unsafe_load",
            ],
            unpickling,
        ),
        roles: [Role::Source],
        accepts: ["S301", "S302", "S506", "S614", "B301", "B302", "B506", "B614"],
    }
}

fn unpickling(report: &mut Report, call: &Call) {
    let Some(root) = Item::root(&call.value) else { return };
    let name = &call.name;
    let is_true = |argument: &str| root.get(argument).is_some_and(|value| value.resolved().boolean() == Some(true));
    if name.starts_with("yaml.load") {
        let loader = root.argument(1, "Loader");
        let is_safe = loader.is_some_and(|loader| {
            loader.text().contains("Safe")
                || loader.text().contains("BaseLoader")
                || !loader.text().starts_with("yaml.")
        });
        if !is_safe {
            let path = &call.site.place.path;
            let callee = Place { path: path.clone(), span: call.callee };
            let safe = name.replace("yaml.", "yaml.safe_");
            let finding = report
                .finding(&call.site.place, format!("`{name}` without a safe loader"))
                .help("use `yaml.safe_load`");
            match loader {
                None => finding.safe_fix(edit::replace_words(&callee, name, &safe)),
                Some(loader) => {
                    finding.unsafe_fix(edit::replace_words(&loader.place(path), loader.text(), "yaml.SafeLoader"))
                }
            };
        }
        return;
    }
    if name == "torch.load" && is_true("weights_only") || name == "numpy.load" && !is_true("allow_pickle") {
        return;
    }
    let Some(data) = root.positional().next() else { return };
    // A copy by `loads(dumps(x))` never leaves the program.
    if data.descendants().any(|item| item.kind() == NodeKind::Call && item.text().ends_with(".dumps")) {
        return;
    }
    if is_verified(call) {
        return;
    }
    if is_external(data, &call.site) {
        report
            .finding(&call.site.place, format!("`{name}` of data that comes from outside"))
            .help("use JSON, or a format with a schema");
    } else {
        report.finding(&call.site.place, format!("`{name}` can run code")).low();
    }
}

/// Whether the same function compared a signature shortly before: only what the program signed itself is loaded.
fn is_verified(call: &Call) -> bool {
    let text = repository::read(&call.site.place.path).unwrap_or_default();
    let before = text.get(..call.site.place.span.start as usize).unwrap_or_default();
    let function = before.rsplit("\ndef ").next().and_then(|rest| rest.rsplit("    def ").next()).unwrap_or_default();
    ["compare_digest(", "constant_time_compare("].iter().any(|check| function.contains(check))
}
