/** Says of every query how many facts there are and what they hold, in a form that the mirror in Python has too. */

import {
  automation,
  containers,
  documents,
  git,
  plugin,
  project,
  python,
  repository,
  rule,
  want,
} from "../plimsoll-sdk/src/index.js";

const KINDS = ["function", "method", "class", "type-alias"];
const STATEMENTS = ["assert", "test-assert", "raise", "while", "global", "delete", "main-guard", "exit"];

const kebab = (/** @type {string} */ name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * A fact as text: the same in every language.
 * @param {any} fact
 * @returns {string}
 */
function plain(fact) {
  if (fact === null || fact === undefined) return "-";
  if (Array.isArray(fact)) return `[${fact.map(plain).join(",")}]`;
  if (typeof fact !== "object") return String(fact);
  if ("mainGuard" in fact) {
    return Object.keys(fact).filter((name) => fact[name]).map(kebab).sort().join("+");
  }
  return `(${Object.values(fact).map(plain).join(";")})`;
}

/** A checksum that is easy to have in every language. @param {string[]} letters */
function digest(letters) {
  let number = 7;
  for (const letter of letters) number = (number * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return number;
}

/** @returns {Generator<[string, any[]]>} */
function* queries() {
  const files = repository.find("*");
  const paths = files.map((file) => file.path);
  yield ["find", files];
  yield ["exists", [...paths, "nowhere"].map((path) => repository.exists(path))];
  yield ["read", paths.map((path) => repository.read(path))];
  yield ["search", repository.search(["[a-z]+_id"], ["*.py", "*.toml"])];
  yield ["tallies", repository.tallies(["[a-z]+_id"], ["*.py", "*.toml"])];
  yield ["ignored", repository.ignored("a.pyc", "src")];
  yield ["covered", repository.covered("", "src", paths)];
  const values = paths.filter((path) => /\.(toml|yml|yaml|json)$/.test(path)).map((path) => documents.read(path));
  const items = values.flatMap((value) => (value ? [...value.descendants()] : []));
  yield ["documents", items.map((item) => [item.kind, item.key, item.text])];
  yield ["imports", python.imports("*")];
  yield ["calls", python.calls("*")];
  yield ["definitions", python.definitions(KINDS, ["*"])];
  yield ["outlines", python.outlines(KINDS.slice(0, 3), ["*"])];
  yield ["handlers", python.handlers("*")];
  yield ["assignments", python.assignments("*")];
  yield ["statements", python.statements(...STATEMENTS)];
  const classes = python.outlines(["class"], ["*"]).map((one) => `${one.site.module}.${one.name}`);
  yield ["lineages", python.lineages(...classes, "nowhere.Class")];
  yield ["projects", project.projects()];
  yield ["dependencies", project.dependencies("*")];
  yield ["locked", [project.locked("fastapi"), project.locked("nothing")]];
  yield ["commands", automation.commands("*")];
  yield ["actions", automation.actions("*")];
  yield ["hooks", automation.hooks("*")];
  yield ["workflows", automation.workflows()];
  yield ["opaque", automation.opaqueSteps()];
  yield ["tasks", automation.tasks()];
  yield ["dockerfiles", containers.dockerfiles()];
  yield ["compose", containers.composeFiles()];
  yield ["git", [git.available(), git.tags(), git.branches(), git.newest(3)]];
}

const everything = rule.repository({
  requirements: ["1.1"],
  wants: [
    want.calls("*"),
    want.imports("*"),
    want.definitions(KINDS, ["*"]),
    want.outlines(KINDS.slice(0, 3), ["*"]),
    want.outlines(["class"], ["*"]),
    want.handlers("*"),
    want.assignments("*"),
    want.statements(...STATEMENTS),
    want.lineages(),
    want.search(["[a-z]+_id"], ["*.py", "*.toml"]),
  ],
  check(report) {
    for (const [name, facts] of queries()) {
      const letters = [...plain(facts)];
      const message = `${name}: ${facts.length} facts, ${letters.length} letters, ${digest(letters)}`;
      report.finding({ path: "pyproject.toml", span: { start: 0, end: 0 } }, message);
    }
  },
});

export default plugin({ title: "A mirror of all facts", rules: { everything } });
