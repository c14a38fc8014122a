/** Code that prints. */

import { rule } from "../plimsoll-sdk/src/index.js";

export default rule.calls(["builtins.print"], {
  requirements: ["NAME.2"],
  roles: ["source"],
  check(report, call) {
    const isAProgram =
      call.site.surroundings.mainGuard || ["cli", "main", "command"].some((word) => call.site.module.includes(word));
    if (!isAProgram) {
      report.finding(call.site.place, "`print` in code that serves others", { help: "use a logger" });
    }
  },
});
