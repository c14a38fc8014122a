/**
 * Changes that mend what a rule found. The host keeps the formatting and the comments of documents.
 */

/** @import { Edit, Fix } from "plimsoll:plugin/report" */
/** @import { Place } from "plimsoll:plugin/types" */

/** Changes that keep the meaning. @param {...Edit} edits @returns {Fix} */
export const safe = (...edits) => ({ applicability: "safe", edits });

/** Changes that may alter what the program does. @param {...Edit} edits @returns {Fix} */
export const unsafe = (...edits) => ({ applicability: "unsafe", edits });

/** Replace a range. @param {Place} place @param {string} text @returns {Edit} */
export const replace = (place, text) => ({ tag: "replace", val: { place, text } });

/** Make a file. @param {string} path @param {string} content @returns {Edit} */
export const createFile = (path, content) => ({ tag: "create-file", val: [path, content] });

/** Delete a file. @param {string} path @returns {Edit} */
export const deleteFile = (path) => ({ tag: "delete-file", val: path });

/**
 * Set a key of a document to a value written in the document's language.
 * @param {string} path
 * @param {string[]} keys
 * @param {string} value
 * @returns {Edit}
 */
export const setKey = (path, keys, value) => ({ tag: "set-key", val: [{ path, keys }, value] });

/** Remove a key of a document. @param {string} path @param {string[]} keys @returns {Edit} */
export const removeKey = (path, keys) => ({ tag: "remove-key", val: { path, keys } });

/**
 * Append an item to a list of a document.
 * @param {string} path
 * @param {string[]} keys
 * @param {string} value
 * @returns {Edit}
 */
export const appendItem = (path, keys, value) => ({ tag: "append-item", val: [{ path, keys }, value] });
