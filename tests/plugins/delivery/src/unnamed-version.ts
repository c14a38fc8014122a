/** Services whose version is whatever is newest. */

import { rule } from "../plimsoll-sdk/src/index.js";

export default rule.documents(["compose*.yml", "compose*.yaml", "docker-compose*.yml", "docker-compose*.yaml"], {
  requirements: ["DEL.6"],
  check(report, document) {
    for (const service of document.at("services")?.children() ?? []) {
      const image = service.get("image");
      // What is built here has its version from here, and a variable may hold one.
      if (!image?.string || service.get("build") || image.string.includes("$") || image.string.includes("@")) continue;
      const [, tag] = /:([^/:]+)$/.exec(image.string) ?? [];
      if (tag === undefined || tag === "latest") {
        report.finding(image.place(document.path), `service \`${service.key}\` runs whatever \`${image.string}\` is`, {
          help: "name a version",
        });
      }
    }
  },
});
