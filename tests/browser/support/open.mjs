// Opens sealed values with a private key: an independent check, by Node's own cryptography.

import { constants, createDecipheriv, privateDecrypt } from "node:crypto";

/** The plaintext of one item of `encryptedData`; throws where label or key are not the right ones. */
export function openValue(base64, label, privateKey) {
  const sealed = Buffer.from(base64, "base64");
  const length = sealed.readUInt16BE(0);
  const sessionKey = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256", oaepLabel: Buffer.from(label) },
    sealed.subarray(2, 2 + length),
  );
  const body = sealed.subarray(2 + length);
  const cipher = createDecipheriv("aes-256-gcm", sessionKey, Buffer.alloc(12));
  cipher.setAuthTag(body.subarray(body.length - 16));
  return Buffer.concat([cipher.update(body.subarray(0, body.length - 16)), cipher.final()]);
}

/** The items of one document's `encryptedData`, as the emitter writes them: one line each. */
export function items(yaml) {
  const block = yaml.split("\n  encryptedData:\n")[1].split(/\n {2}\S/)[0];
  return Object.fromEntries(block.split("\n").filter(Boolean).map((line) => {
    const [key, value] = line.trim().split(": ");
    return [key.replaceAll('"', ""), value];
  }));
}
