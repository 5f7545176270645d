// Makes certificates for tests: self-signed X.509 v3, as small as they can be, with any key and validity.

import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";

const SHA256_WITH_RSA = "2a864886f70d01010b";
const ECDSA_WITH_SHA256 = "2a8648ce3d040302";
const COMMON_NAME = "550403";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A certificate in PEM, with its private key. `days` may be negative: it is over then. */
export function makeCertificate({ bits = 2048, curve = null, days = 3650, startedDaysAgo = 12 } = {}) {
  const { privateKey } = curve
    ? generateKeyPairSync("ec", { namedCurve: curve })
    : generateKeyPairSync("rsa", { modulusLength: bits });
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const algorithm = curve
    ? sequence(oid(ECDSA_WITH_SHA256))
    : sequence(oid(SHA256_WITH_RSA), Buffer.from("0500", "hex"));
  const name = sequence(set(sequence(oid(COMMON_NAME), der(0x0c, Buffer.from("sealing key of a test")))));
  const now = Date.now();
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time(now - startedDaysAgo * DAY_MS), time(now + days * DAY_MS)),
    name,
    publicKey,
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = certificate.toString("base64").match(/.{1,64}/g).join("\n");
  return { pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, der: certificate, privateKey };
}

function der(tag, content) {
  const { length } = content;
  const bytes = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

function sequence(...parts) {
  return der(0x30, Buffer.concat(parts));
}

function set(...parts) {
  return der(0x31, Buffer.concat(parts));
}

function oid(hex) {
  return der(0x06, Buffer.from(hex, "hex"));
}

/** GeneralizedTime. */
function time(milliseconds) {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(0x18, Buffer.from(digits));
}
