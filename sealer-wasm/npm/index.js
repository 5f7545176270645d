// The package in a browser and for bundlers.

import { start } from "./api.js";

export { inspect, merge, parseCert, seal, sealManifest } from "./api.js";

export function init(source) {
  // Without a source the glue fetches sealer_bg.wasm from beside itself, by an address that bundlers know to follow.
  return start(source);
}
