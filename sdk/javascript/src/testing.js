/// <reference path="./interfaces.d.ts" />
/**
 * Running a rule without WebAssembly: on facts that a test makes itself.
 *
 * ```js
 * const findings = run(printCall, { python: { calls: () => [call("builtins.print")] } });
 * assert.deepEqual(findings.map((finding) => finding.message), ["`print` in code that serves others"]);
 * ```
 */

import { bind } from "./host.js";
import { Report } from "./report.js";

/** @import { Host } from "./host.js" */
/** @import { Rule } from "./rule.js" */
/** @import { Finding } from "plimsoll:plugin/report" */
/** @import { Call, Site, Surroundings } from "plimsoll:plugin/python" */
/** @import { Node, Place } from "plimsoll:plugin/types" */

/**
 * What the host answers in a test, query by query.
 * @typedef {{ [Interface in keyof Host]?: Partial<Host[Interface]> }} Answers
 */

/**
 * Run a rule on what the host is said to answer, and give its findings. A query that has no answer is an error.
 * @param {Rule<any>} rule
 * @param {Answers} [answers]
 * @param {Record<string, string | boolean | number | string[]>} [options] what the manifest sets, beside the defaults
 * @returns {Finding[]}
 */
export function run(rule, answers = {}, options = {}) {
  /** @type {Finding[]} */
  const findings = [];
  const emit = (/** @type {Finding} */ finding) => void findings.push(finding);
  const nothing = () => {};
  const said = { report: { emit, notApplicable: nothing, unknown: nothing }, log: { debug: nothing, panic: nothing } };
  const all = /** @type {Record<string, object>} */ ({ ...said, ...answers });
  const refusing = (/** @type {string} */ name) =>
    new Proxy(all[name] ?? {}, {
      get(target, key) {
        const answer = Reflect.get(target, key);
        if (answer === undefined) throw new Error(`the test does not say what \`${name}.${String(key)}\` answers`);
        return answer;
      },
    });
  bind(/** @type {Host} */ (/** @type {unknown} */ (new Proxy({}, { get: (_, name) => refusing(String(name)) }))));
  try {
    const defaults = Object.entries(rule.settings.options ?? {}).map(([name, option]) => [name, option.default]);
    const report = new Report(value({ ...Object.fromEntries(defaults), ...options }));
    for (const fact of rule.facts()) rule.settings.check(report, fact);
  } finally {
    bind(null);
  }
  return findings;
}

/**
 * A value of nodes from plain data, without places.
 * @param {unknown} data strings, booleans, numbers, null, arrays and objects
 * @returns {Node[]}
 */
export function value(data) {
  /** @type {Node[]} */
  const nodes = [];
  const span = { start: 0, end: 0 };
  const add = (/** @type {unknown} */ data, /** @type {number} */ parent, /** @type {string | null} */ key) => {
    const index = nodes.length;
    const node = (/** @type {Node["kind"]} */ kind, text = "") =>
      void nodes.push({ parent: key === null && index === 0 ? 0 : parent, key, keySpan: span, kind, text, span });
    if (data === null || data === undefined) node("null");
    else if (typeof data === "boolean") node("boolean", String(data));
    else if (typeof data === "number") node(Number.isInteger(data) ? "integer" : "float", String(data));
    else if (typeof data === "string") node("text", data);
    else if (Array.isArray(data)) {
      node("list");
      for (const item of data) add(item, index, null);
    } else {
      node("table");
      for (const [name, item] of Object.entries(data)) add(item, index, name);
    }
  };
  add(data, 0, null);
  return nodes;
}

/** A place at the start of a file. @param {string} [path] @returns {Place} */
export const place = (path = "src/app.py") => ({ path, span: { start: 0, end: 0 } });

/**
 * Where a fact of Python stands.
 * @param {Partial<Site>} [site]
 * @returns {Site}
 */
export function site(site = {}) {
  /** @type {Surroundings} */
  const nothing = {
    async: false,
    awaited: false,
    loop: false,
    try: false,
    handler: false,
    finally: false,
    managed: false,
    typeChecking: false,
    mainGuard: false,
    conditional: false,
    decorator: false,
    annotation: false,
    statement: false,
  };
  return {
    place: place(),
    role: "source",
    module: "app",
    function: null,
    class: null,
    decorators: [],
    surroundings: nothing,
    ...site,
  };
}

/**
 * A call.
 * @param {string} name the resolved dotted name of what is called
 * @param {Partial<Call>} [call]
 * @returns {Call}
 */
export function call(name, call = {}) {
  const span = { start: 0, end: 0 };
  const root = /** @type {Node} */ ({ parent: 0, key: null, keySpan: span, kind: "call", text: name, span });
  return { site: site(), name, callee: span, value: [root], ...call };
}
