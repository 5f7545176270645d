// Looks into a page's memory from outside, by Chromium's debugger.

/** The bytes of the page's WebAssembly memory, whoever holds it. */
export async function wasmMemory(context, page) {
  const session = await context.newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const { result: texts } = await session.send("Runtime.callFunctionOn", {
    objectId: objects.objectId, returnByValue: true, functionDeclaration: String(inBase64),
  });
  await session.detach();
  return Buffer.concat(texts.value.map((text) => Buffer.from(text, "base64")));
}

/**
 * Runs in the page, on a list of memories. In pieces, since a call takes only so many arguments, of
 * a length that base64 does not pad.
 */
function inBase64() {
  return Array.from(this, ({ buffer }) => {
    const bytes = new Uint8Array(buffer);
    const pieces = [];
    for (let at = 0; at < bytes.length; at += 30_000) {
      pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 30_000))));
    }
    return pieces.join("");
  });
}

/** Every string of the JavaScript heap, after a collection; of a long one Chromium's snapshot has only the beginning. */
export async function heapStrings(context, page) {
  const session = await context.newCDPSession(page);
  const chunks = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.detach();
  return JSON.parse(chunks.join("")).strings;
}
