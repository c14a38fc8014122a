/** Images of unknown origin. */

import { automation, containers, rule } from "../plimsoll-sdk/src/index.js";

const LABEL = "org.opencontainers.image.source";

export default rule.dockerfiles({
  requirements: ["DEL.4"],
  check(report, dockerfile) {
    if (dockerfile.purpose !== "image" || !dockerfile.python) return;
    const labels = containers
      .builtChain(dockerfile)
      .flatMap((stage) => stage.instructions)
      .filter((instruction) => instruction.keyword === "LABEL")
      .flatMap((instruction) => instruction.words);
    // The action computes the labels, and the build takes them from there.
    const areComputed = automation.actions("docker/metadata-action").length > 0;
    const stage = dockerfile.stages[dockerfile.built];
    if (stage && !areComputed && !labels.some((label) => label.startsWith(`${LABEL}=`))) {
      report.finding(stage.place, `the image has no label \`${LABEL}\``, { confidence: "medium" });
    }
  },
});
