/** How a platform team wants software to be delivered, one rule a file. */

import { plugin } from "../plimsoll-sdk/src/index.js";
import endlessJob from "./endless-job.js";
import foreignBaseImage from "./foreign-base-image.js";
import openPublication from "./open-publication.js";
import unlabelledImage from "./unlabelled-image.js";
import unnamedVersion from "./unnamed-version.js";
import wideToken from "./wide-token.js";

export default plugin({
  title: "Delivery of software",
  rules: {
    "endless-job": endlessJob,
    "wide-token": wideToken,
    "open-publication": openPublication,
    "unlabelled-image": unlabelledImage,
    "foreign-base-image": foreignBaseImage,
    "unnamed-version": unnamedVersion,
  },
});
