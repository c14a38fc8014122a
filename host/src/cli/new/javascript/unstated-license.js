/** Projects without a license. */

import { rule } from "../plimsoll-sdk/src/index.js";

export default rule.documents(["pyproject.toml"], {
  requirements: ["NAME.1"],
  check(report, document) {
    const project = document.at("project");
    if (project && !project.get("license")) {
      report.finding(project.place(document.path), "no license", { help: "set `license` in `[project]`" });
    }
  },
});
