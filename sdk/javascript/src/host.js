/// <reference path="./interfaces.d.ts" />
/**
 * What the host offers. A component's entry puts the host's modules in; under plain JavaScript, in tests, there are none.
 */

/**
 * @typedef {object} Host
 * @property {typeof import("plimsoll:plugin/repository").default} repository
 * @property {typeof import("plimsoll:plugin/documents").default} documents
 * @property {typeof import("plimsoll:plugin/python").default} python
 * @property {typeof import("plimsoll:plugin/project").default} project
 * @property {typeof import("plimsoll:plugin/automation").default} automation
 * @property {typeof import("plimsoll:plugin/containers").default} containers
 * @property {typeof import("plimsoll:plugin/git").default} git
 * @property {typeof import("plimsoll:plugin/report").default} report
 * @property {typeof import("plimsoll:plugin/log").default} log
 */

/** @type {Host | null} */
let bound = null;

/**
 * Put the host in; `null` takes it out.
 * @param {Host | null} host
 */
export function bind(host) {
  bound = host;
}

/**
 * The host.
 * @returns {Host}
 */
export function host() {
  if (bound === null) {
    throw new Error("there is no host here: run the rule in a component, or with `run` of `testing.js`");
  }
  return bound;
}
