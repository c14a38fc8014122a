/**
 * The contents page of a plugin.
 */

/** @import { Rule } from "./rule.js" */

/**
 * A plugin: its title in a few words, and its rules by id in the order in which they run.
 * @typedef {object} Plugin
 * @property {string} title
 * @property {Record<string, Rule<any>>} rules
 */

/**
 * Declare the plugin. Its name and version are those of `package.json`, its requirements stand in `requirements.toml`
 * beside it, the documentation of each rule with its examples in `docs/rules/<rule>.md`.
 * @param {Plugin} plugin
 * @returns {Plugin}
 */
export const plugin = (plugin) => plugin;
