/** Rules on facts of the test's own. The examples in `docs/rules/` are run by `plimsoll test`. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { call, run, site } from "../plimsoll-sdk/src/testing.js";
import printCall from "../src/print-call.js";

test("print-call", () => {
  const found = (/** @type {string} */ module) =>
    run(printCall, { python: { calls: () => [call("builtins.print", { site: site({ module }) })] } });
  assert.deepEqual(found("app.orders").map((finding) => finding.message), ["`print` in code that serves others"]);
  assert.deepEqual(found("app.cli"), []);
});
