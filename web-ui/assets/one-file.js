// Starts the page where it is one file. The build puts this behind the glue, in one module: `__wbg_init` and `start`
// are the glue's. Everything stands in this document, whose own policy forbids every request from its first byte on,
// so that nothing is left to be locked.

// What is wrong if the next step fails; which message of index.html says so.
let reason = "no-wasm";
try {
  if (typeof WebAssembly !== "object") throw new Error(reason);
  reason = "cut";
  const wasm = await inflated(document.getElementById("code").textContent);
  const { clusters } = JSON.parse(document.getElementById("clusters").textContent);
  reason = "blocked";
  await __wbg_init({ module_or_path: wasm });
  reason = "broken";
  start(clusters.flatMap(({ name, fingerprint, certificate }) => [String(name), String(fingerprint), String(certificate), ""]));
} catch {
  document.getElementById("loading").hidden = true;
  document.getElementById(`failed-${reason}`).hidden = false;
}

// gzip's own checksum tells a damaged or cut-off copy.
async function inflated(base64) {
  const bytes = Uint8Array.from(atob(base64.trim()), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
