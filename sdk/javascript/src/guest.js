/**
 * The calls that the host makes. `plimsoll build` writes the entry of a component, which hands in the plugin and what the
 * files beside it say.
 */

import { bind, host } from "./host.js";
import { Report } from "./report.js";

/** @import { Host } from "./host.js" */
/** @import { Plugin } from "./plugin.js" */
/** @import { Rule } from "./rule.js" */
/** @import { Node } from "plimsoll:plugin/types" */

/**
 * What the files beside a plugin say.
 * @typedef {object} Beside
 * @property {string} name
 * @property {string} version
 * @property {string} requirements the text of `requirements.toml`
 * @property {string} preset the text of `preset.toml`; empty without one
 * @property {Record<string, string>} docs the texts of `docs/rules/`, by rule
 */

/**
 * The interface `rules` of a plugin.
 * @param {Plugin} plugin
 * @param {Beside} beside
 * @param {Host} modules
 */
export function guest(plugin, beside, modules) {
  bind(modules);
  const description = JSON.stringify({
    schema: 1,
    name: beside.name,
    version: beside.version,
    title: plugin.title,
    requirements: beside.requirements,
    ...(beside.preset && { preset: beside.preset }),
    rules: Object.entries(plugin.rules).map(([id, rule]) => describe(id, rule, beside.docs[id] ?? "")),
  });
  return {
    describe: () => description,
    /** @param {string} rule */
    docs: (rule) => beside.docs[rule] ?? "",
    /** @param {string} rule @param {Node[]} options */
    check(rule, options) {
      // The host sees no more than a trap, so that the stack is sent to it first.
      try {
        const { facts, settings } = /** @type {Rule<any>} */ (plugin.rules[rule]);
        const report = new Report(options);
        for (const fact of facts()) settings.check(report, fact);
      } catch (error) {
        host().log.panic(error instanceof Error ? `${error}\n${error.stack ?? ""}`.trimEnd() : `thrown: ${String(error)}`);
        throw error;
      }
    },
  };
}

/**
 * @param {string} id
 * @param {Rule<any>} rule
 * @param {string} docs
 */
function describe(id, { trigger, settings }, docs) {
  const title = docs.trimStart().split("\n", 1)[0] ?? "";
  return {
    id,
    title: title.replace(/^#+ */, "").replace(/\.\s*$/, ""),
    requirements: settings.requirements,
    target: trigger.kind === "repository" ? "repository" : "project",
    confidence: settings.confidence ?? "high",
    trigger,
    wants: settings.wants ?? [],
    roles: settings.roles ?? [],
    accepts: settings.accepts ?? [],
    options: Object.entries(settings.options ?? {}).map(([name, option]) => ({
      name,
      // Strings, booleans, numbers and lists of JSON are values of TOML too.
      default: JSON.stringify(option.default),
      description: option.description,
      // What is undefined is left out of JSON.
      minimum: option.minimum,
      maximum: option.maximum,
      choices: option.choices,
    })),
  };
}
