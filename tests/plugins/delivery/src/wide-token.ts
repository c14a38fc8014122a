/** Workflows whose token may do more than they need. */

import { rule } from "../plimsoll-sdk/src/index.js";
import { jobs, WORKFLOWS } from "./workflows.js";

export default rule.documents(WORKFLOWS, {
  requirements: ["DEL.2"],
  check(report, document) {
    const permissions = document.at("permissions");
    if (permissions?.string === "write-all") {
      report.finding(permissions.place(document.path), "the token of all jobs may write everything");
    }
    for (const job of jobs(document)) {
      const own = job.get("permissions");
      if (own?.string === "write-all") {
        report.finding(own.place(document.path), `the token of job \`${job.key}\` may write everything`);
      } else if (!own && !permissions) {
        report.finding(job.keyPlace(document.path), `job \`${job.key}\` leaves its permissions to a setting elsewhere`, {
          help: "set `permissions`",
        });
      }
    }
  },
});
