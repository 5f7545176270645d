// Gives the functions of the wasm a shape that is natural in JavaScript.

import load, * as wasm from "./sealer.js";

let loading;
let isReady = false;

/** Loads the wasm, once: bytes, a module, a response, an address, or a function that gives one of them. */
export function start(source) {
  loading ??= load(source && { module_or_path: typeof source === "function" ? source() : source }).then(
    () => { isReady = true; },
    (error) => {
      // The next call may try again.
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

export function seal({ cert, namespace, name, scope, type, data }) {
  const { keys, values, wipe } = bytesOf(data);
  try {
    return ready().seal(cert, namespace, name, scope, type, keys, values);
  } finally {
    wipe();
  }
}

export function sealManifest({ cert, manifest, namespace, name, scope }) {
  return ready().sealManifest(cert, manifest, namespace, name, scope);
}

export function merge(text, { cert, namespace, name, remove = [], rename = {}, data = {} }) {
  const { keys, values, wipe } = bytesOf(data);
  try {
    return ready().merge(
      text, cert, namespace, name, remove, Object.keys(rename), Object.values(rename), keys, values,
    );
  } finally {
    wipe();
  }
}

export function inspect(text) {
  return ready().inspect(text);
}

export function parseCert(pem) {
  return ready().parseCert(pem);
}

function ready() {
  if (isReady) return wasm;
  throw Object.assign(new Error("the sealing code is not loaded yet; await init() first"), { code: "not-initialised" });
}

// Strings become UTF-8. The copies that are made here are overwritten; the caller's are the caller's.
function bytesOf(data) {
  const encoder = new TextEncoder();
  const copies = [];
  const values = Object.entries(data).map(([key, value]) => {
    if (value instanceof Uint8Array) return value;
    if (typeof value !== "string") {
      throw Object.assign(new TypeError(`the value of "${key}" is neither a string nor a Uint8Array`), { code: "wrong-type" });
    }
    const bytes = encoder.encode(value);
    copies.push(bytes);
    return bytes;
  });
  return { keys: Object.keys(data), values, wipe: () => copies.forEach((bytes) => bytes.fill(0)) };
}
