// 64 values that stand nowhere else in the world, and a search for each of them however it is written.

import { createHash } from "node:crypto";

const COUNT = 64;

/** What values look like; each shape is changed by other encodings. */
const SHAPES = [
  (token) => token,
  (token) => `"${token}"\n\t'\\${token}`,
  (token) => `Ω-${token}-prüfung-🔑`,
  (token) => `https://${token}:${token}@db/?a=1&b=2%`,
];

export const CANARIES = Array.from({ length: COUNT }, (_, number) => {
  const token = createHash("sha256").update(`canary ${number}`).digest("hex").slice(0, 16);
  return SHAPES[number % SHAPES.length](`canary${token}`);
});

/** A Secret that holds them all. */
export const CANARY_SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: payments
stringData:
${CANARIES.map((canary, number) => `  key-${number}: ${JSON.stringify(canary)}\n`).join("")}`;

/** How a value can be written, so that it is found whatever stands before and behind it. */
const ENCODINGS = {
  "as it is": (text) => [text],
  "in base64": (text) => [0, 1, 2].map((shift) => base64At(text, shift, "base64")),
  "in base64url": (text) => [0, 1, 2].map((shift) => base64At(text, shift, "base64url")),
  "in hexadecimal": (text) => [hex(text), hex(text).toUpperCase()],
  "with percent signs": (text) => [encodeURIComponent(text), new URLSearchParams({ "": text }).toString().slice(1)],
  "as JSON": (text) => [JSON.stringify(text).slice(1, -1)],
  "in UTF-16LE": (text) => [Buffer.from(text, "utf16le")],
};

function hex(text) {
  return Buffer.from(text).toString("hex");
}

/** The digits that depend on this text alone when it starts `shift` bytes into a group of three. */
function base64At(text, shift, alphabet) {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
  return whole.toString(alphabet).slice(shift === 0 ? 0 : 4);
}

// By their first four bytes; the first two tell most places apart at once.
const needles = new Map();
const starts = new Uint8Array(1 << 16);
for (const [number, canary] of CANARIES.entries()) {
  for (const [encoding, write] of Object.entries(ENCODINGS)) {
    for (const form of new Set(write(canary))) {
      const bytes = Buffer.from(form);
      const start = bytes.readUInt32LE(0);
      starts[bytes.readUInt16LE(0)] = 1;
      if (!needles.has(start)) needles.set(start, []);
      needles.get(start).push({ bytes, found: `canary ${number} ${encoding}` });
    }
  }
}

/** Which canaries are in there, and how they are written; in one pass. */
export function canariesIn(content) {
  const bytes = Buffer.from(content);
  const found = new Set();
  for (let at = 0; at + 4 <= bytes.length; at += 1) {
    if (starts[bytes[at] | (bytes[at + 1] << 8)] === 0) continue;
    for (const needle of needles.get(bytes.readUInt32LE(at)) ?? []) {
      if (bytes.subarray(at, at + needle.bytes.length).equals(needle.bytes)) found.add(needle.found);
    }
  }
  return [...found];
}
