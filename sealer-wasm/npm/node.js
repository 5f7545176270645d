// The package in Node, where fetch takes no files.

import { readFile } from "node:fs/promises";

import { start } from "./api.js";

export { inspect, merge, parseCert, seal, sealManifest } from "./api.js";

export function init(source) {
  return start(source ?? (() => readFile(new URL("./sealer_bg.wasm", import.meta.url))));
}
