/** The rules of NAME, one a file. */

import { plugin } from "../plimsoll-sdk/src/index.js";
import printCall from "./print-call.js";
import unstatedLicense from "./unstated-license.js";

export default plugin({
  title: "TITLE",
  rules: { "print-call": printCall, "unstated-license": unstatedLicense },
});
