// Signs a plugin in a registry with a key, as `cosign sign --key` of the third version does, by sigstore's own library.
//
//     node sign.mjs KEY.pem localhost:5000/acme MANIFEST_SHA256
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { bundleToJSON } from "@sigstore/bundle";
import { attachArtifactToImage } from "@sigstore/oci";
import { DSSEBundleBuilder } from "@sigstore/sign";

const [keyFile, imageName, digest] = process.argv.slice(2);
const key = createPrivateKey(readFileSync(keyFile));
const signer = {
    sign: async (data) => ({ signature: sign("sha256", data, key), key: { $case: "publicKey", hint: "test" } }),
};
const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: imageName, digest: { sha256: digest } }],
    predicateType: "https://sigstore.dev/cosign/sign/v1",
    predicate: {},
};
const builder = new DSSEBundleBuilder({ signer, witnesses: [] });
const data = Buffer.from(JSON.stringify(statement));
const bundle = await builder.create({ data, type: "application/vnd.in-toto+json" });
await attachArtifactToImage({
    imageName,
    imageDigest: `sha256:${digest}`,
    artifact: Buffer.from(JSON.stringify(bundleToJSON(bundle))),
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    annotations: { "dev.sigstore.bundle.content": "dsse-envelope" },
});
