/** Rules in JavaScript that do what no rule should, and one that behaves. */

import { plugin, python, rule } from "../plimsoll-sdk/src/index.js";

const here = { path: "app.py", span: { start: 0, end: 2 } };
/** @param {(report: import("../plimsoll-sdk/src/index.js").Report) => void} check */
const hostile = (check) => rule.repository({ requirements: ["1.1"], check });

export default plugin({
  title: "Rules that do harm",
  rules: {
    "a-loop": hostile((report) => {
      report.finding(here, "said before the loop");
      for (;;);
    }),
    "b-memory": hostile(() => {
      const blocks = [];
      for (;;) blocks.push(new Uint8Array(16 << 20).fill(1));
    }),
    "c-recursion": hostile(() => {
      const deeper = (/** @type {number} */ number) => deeper(number + 1) + 1;
      deeper(0);
    }),
    "d-exception": hostile(() => {
      const settings = /** @type {any} */ (undefined);
      settings.theMissingKey();
    }),
    "e-flood": hostile((report) => {
      for (let number = 0; number < 1_000_000; number++) report.finding(here, `finding ${number}`);
    }),
    "f-output": hostile((report) => {
      report.finding(here, "x".repeat(6 << 20));
    }),
    "g-undeclared": hostile(() => {
      python.calls("builtins.eval");
    }),
    "h-thrown": hostile(() => {
      throw "a text that is no error";
    }),
    "i-expression": hostile(() => {
      /^(a+)+$/.test("a".repeat(40) + "!");
    }),
    "z-honest": hostile((report) => {
      report.finding(here, "an honest finding");
    }),
  },
});
