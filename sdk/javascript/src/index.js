/// <reference path="./interfaces.d.ts" />
/**
 * Write plimsoll rules in JavaScript or TypeScript.
 *
 * A rule says what it is handed and checks each; its documentation with its examples stands in `docs/rules/<rule>.md`:
 *
 * ```js
 * import { rule } from "../plimsoll-sdk/src/index.js";
 *
 * export default rule.calls(["time.sleep"], {
 *   requirements: ["acme.1"],
 *   roles: ["test"],
 *   check(report, call) {
 *     report.finding(call.site.place, `\`${call.name}\` in a test`);
 *   },
 * });
 * ```
 *
 * The contents page of a plugin is the module that `main` of `package.json` names:
 *
 * ```js
 * export default plugin({ title: "Acme's own rules", rules: { "sleep-in-test": sleepInTest } });
 * ```
 *
 * The parts: `rule` for what a rule is handed, `want` for what else it may ask for, `Report` for what it says, `Item` for
 * reading values, `edits` for fixes, `testing.js` to run a rule without WebAssembly, and an object for each kind of fact.
 */

export * as edits from "./edits.js";
export { automation, containers, Document, documents, git, project, python, repository } from "./facts.js";
// What `plimsoll build` calls.
export { guest } from "./guest.js";
export { Item } from "./item.js";
export { plugin } from "./plugin.js";
export { Report } from "./report.js";
export { rule, want } from "./rule.js";
