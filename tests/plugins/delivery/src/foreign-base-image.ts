/** Images from registries that nobody vouches for. */

import { rule } from "../plimsoll-sdk/src/index.js";

export default rule.dockerfiles({
  requirements: ["DEL.5"],
  options: {
    trusted: {
      default: ["gcr.io/distroless/", "ghcr.io/astral-sh/", "mcr.microsoft.com/", "public.ecr.aws/docker/library/"],
      description: "What the names of images may begin with, besides Docker's official ones",
    },
  },
  check(report, dockerfile) {
    const trusted = report.option("trusted").strings();
    for (const stage of dockerfile.stages) {
      if (stage.image === null || stage.parent !== null || stage.image === "scratch") continue;
      const image = stage.image.replace(/^docker\.io\//, "").replace(/^library\//, "");
      if (image.includes("/") && !trusted.some((prefix) => image.startsWith(prefix))) {
        report.finding(stage.place, `\`${stage.image}\` comes from a registry that is not trusted`);
      }
    }
  },
});
