/**
 * Reading values: configuration trees and Python expressions in one form.
 */

/** @import { Node, NodeKind, Place, Span } from "plimsoll:plugin/types" */

/** A node of a value, with its children in reach. `new Item(nodes)` is the root of a value. */
export class Item {
  #nodes;
  #index;

  /**
   * @param {readonly Node[]} nodes the nodes of a value
   * @param {number} index of one of them
   */
  constructor(nodes, index = 0) {
    this.#nodes = nodes;
    this.#index = index;
  }

  /** @returns {Node} */
  get #node() {
    const node = this.#nodes[this.#index];
    if (node === undefined) throw new RangeError(`a value has no node ${this.#index}`);
    return node;
  }

  /** What it is. @returns {NodeKind} */
  get kind() {
    return this.#node.kind;
  }

  /** The scalar's value, the name, the operator; empty for lists and tables. @returns {string} */
  get text() {
    return this.#node.text;
  }

  /** Its key in the parent. @returns {string | null} */
  get key() {
    return this.#node.key;
  }

  /** Where the value stands. @returns {Span} */
  get span() {
    return this.#node.span;
  }

  /** Where the key stands; for a node without key, the value. @returns {Span} */
  get keySpan() {
    return this.#node.keySpan;
  }

  /**
   * Where the value stands in its file.
   * @param {string} path
   * @returns {Place}
   */
  place(path) {
    return { path, span: this.span };
  }

  /**
   * Where the key stands in its file.
   * @param {string} path
   * @returns {Place}
   */
  keyPlace(path) {
    return { path, span: this.keySpan };
  }

  /** The value of a string. @returns {string | undefined} */
  get string() {
    return this.kind === "text" ? this.text : undefined;
  }

  /** The value of a boolean. @returns {boolean | undefined} */
  get boolean() {
    return this.kind === "boolean" ? this.text === "true" : undefined;
  }

  /** The value of a number. @returns {number | undefined} */
  get number() {
    if (this.kind !== "integer" && this.kind !== "float") return undefined;
    const number = Number(this.text.replaceAll("_", ""));
    return Number.isNaN(number) ? undefined : number;
  }

  /** The children in order. @returns {Generator<Item>} */
  *children() {
    for (let index = this.#index + 1; index < this.#nodes.length; index++) {
      const parent = this.#nodes[index]?.parent ?? 0;
      if (parent < this.#index) return;
      if (parent === this.#index) yield new Item(this.#nodes, index);
    }
  }

  /** It and everything below it, in order. @returns {Generator<Item>} */
  *descendants() {
    yield this;
    for (let index = this.#index + 1; index < this.#nodes.length; index++) {
      if ((this.#nodes[index]?.parent ?? 0) < this.#index) return;
      yield new Item(this.#nodes, index);
    }
  }

  /** The node that it belongs to; the root belongs to itself. @returns {Item} */
  get parent() {
    return new Item(this.#nodes, this.#node.parent);
  }

  /**
   * The child of this key.
   * @param {string} key
   * @returns {Item | undefined}
   */
  get(key) {
    let found;
    for (const child of this.children()) {
      if (child.key === key) found = child;
    }
    return found;
  }

  /**
   * The node at a path of keys; a number is an index into a list.
   * @param {...string} keys
   * @returns {Item | undefined}
   */
  at(...keys) {
    /** @type {Item | undefined} */
    let item = this;
    for (const key of keys) {
      if (item === undefined) return undefined;
      item = item.kind === "list" ? (/^\d+$/.test(key) ? [...item.children()][Number(key)] : undefined) : item.get(key);
    }
    return item;
  }

  /** The strings of a list, or the one that stands in its place. @returns {string[]} */
  strings() {
    if (this.kind === "text") return [this.text];
    return [...this.children()].filter((child) => child.kind === "text").map((child) => child.text);
  }

  /** The arguments without keyword of a call. @returns {Item[]} */
  positional() {
    return [...this.children()].filter((child) => child.key === null);
  }

  /**
   * An argument of a call by its position or its keyword.
   * @param {number} position
   * @param {string} keyword
   * @returns {Item | undefined}
   */
  argument(position, keyword) {
    return this.get(keyword) ?? this.positional()[position];
  }

  /** The value that a name stands for, through assignments; itself for anything else. @returns {Item} */
  resolved() {
    /** @type {Item} */
    let item = this;
    while (item.kind === "name") {
      const value = item.get("value");
      if (value === undefined) break;
      item = value;
    }
    return item;
  }
}
