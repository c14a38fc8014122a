/** The jobs of GitHub's workflows. */

import type { Document, Item } from "../plimsoll-sdk/src/index.js";

export const WORKFLOWS = ["/.github/workflows/*.yml", "/.github/workflows/*.yaml"];

/** The jobs that run on a machine: those that call another workflow get theirs there. */
export function jobs(document: Document): Item[] {
  return [...(document.at("jobs")?.children() ?? [])].filter((job) => job.kind === "table" && !job.get("uses"));
}
