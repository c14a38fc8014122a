/** Publications that nothing protects. */

import { rule } from "../plimsoll-sdk/src/index.js";
import type { Item } from "../plimsoll-sdk/src/index.js";
import { jobs, WORKFLOWS } from "./workflows.js";

const ACTIONS = ["pypa/gh-action-pypi-publish@"];
const COMMANDS = [/\btwine\s+upload\b/, /\buv\s+publish\b/, /\bpoetry\s+publish\b/, /\bflit\s+publish\b/, /\bhatch\s+publish\b/];

function publishes(step: Item): boolean {
  const uses = step.get("uses")?.string ?? "";
  const run = step.get("run")?.string ?? "";
  const lines = run.split("\n").filter((line) => !line.trimStart().startsWith("#") && !line.includes("--dry-run"));
  return (
    ACTIONS.some((action) => uses.startsWith(action)) || COMMANDS.some((command) => lines.some((line) => command.test(line)))
  );
}

export default rule.documents(WORKFLOWS, {
  requirements: ["DEL.3"],
  check(report, document) {
    for (const job of jobs(document)) {
      if (job.get("environment")) continue;
      for (const step of job.get("steps")?.children() ?? []) {
        const what = step.get("uses") ?? step.get("run");
        if (what && publishes(step)) {
          report.finding(what.keyPlace(document.path), `job \`${job.key}\` publishes outside an environment`, {
            help: "set `environment`, and protect it in the repository's settings",
          });
        }
      }
    }
  },
});
