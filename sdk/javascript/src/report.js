/**
 * What a rule says: findings, and what does not apply or can't be decided.
 */

import { host } from "./host.js";
import { Item } from "./item.js";

/** @import { Confidence, Fix, Related } from "plimsoll:plugin/report" */
/** @import { Node, Place } from "plimsoll:plugin/types" */

/**
 * What may be added to a finding.
 * @typedef {object} Details
 * @property {string} [help] what to do about it, in one line
 * @property {string[]} [requirements] those that are broken, where it is not all of the rule's
 * @property {Confidence} [confidence] how sure the evidence is: `medium` warns at most, `low` shows only on request
 * @property {Related[]} [related] other places that explain it
 * @property {Fix} [fix] changes that mend it
 */

/** Takes what a rule has to say and gives it the options of the manifest. */
export class Report {
  #options;

  /** @param {readonly Node[]} options as the host hands them over */
  constructor(options) {
    this.#options = options.length > 0 ? new Item(options) : undefined;
  }

  /**
   * Report that something is wrong at a place: what, as a fragment in lower case with code in backticks.
   * @param {Place} place
   * @param {string} message
   * @param {Details} [details]
   */
  finding(place, message, details = {}) {
    const { requirements = [], help = null, confidence = "high", related = [], fix = null } = details;
    host().report.emit({ requirements, place, message, help, confidence, related, fix });
  }

  /**
   * Say that a requirement does not apply here, and why.
   * @param {string} requirement
   * @param {string} reason
   */
  notApplicable(requirement, reason) {
    host().report.notApplicable(requirement, reason);
  }

  /**
   * Say that a requirement can't be decided here, why, and where to look.
   * @param {string} requirement
   * @param {string} reason
   * @param {Place | null} [place]
   */
  unknown(requirement, reason, place = null) {
    host().report.unknown(requirement, place, reason);
  }

  /**
   * Tell the plugin's author something, with `plimsoll check -v`.
   * @param {string} message
   */
  debug(message) {
    host().log.debug(message);
  }

  /**
   * The value of an option: the manifest's, else the default.
   * @param {string} name
   * @returns {Item}
   */
  option(name) {
    const item = this.#options?.get(name);
    if (item === undefined) throw new ReferenceError(`the rule has no option \`${name}\``);
    return item;
  }
}
