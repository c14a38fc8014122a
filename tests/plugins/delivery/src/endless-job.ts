/** Jobs without a time limit. */

import { rule } from "../plimsoll-sdk/src/index.js";
import { jobs, WORKFLOWS } from "./workflows.js";

export default rule.documents(WORKFLOWS, {
  requirements: ["DEL.1"],
  check(report, document) {
    for (const job of jobs(document)) {
      const steps = [...(job.get("steps")?.children() ?? [])];
      const areLimited = steps.length > 0 && steps.every((step) => step.get("timeout-minutes"));
      if (!job.get("timeout-minutes") && !areLimited) {
        report.finding(job.keyPlace(document.path), `job \`${job.key}\` has no time limit`, {
          help: "set `timeout-minutes`",
        });
      }
    }
  },
});
