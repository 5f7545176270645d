// Looks into a page's memory from outside: by Chromium's debugger, and by the kernel.

import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** So much is read at once, and a little of it again with what comes behind: a value may lie across the seam. */
const STRIDE = 1 << 20;
const SEAM = 1 << 10;
const NOTHING = Buffer.alloc(STRIDE + SEAM);

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

/** Has JavaScript's heap freed of what nobody holds any more. */
export async function collectGarbage(context, page) {
  const session = await context.newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  await session.detach();
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

/**
 * Calls back with every piece of the memory that the browser's renderers can write, freed or not. False where the kernel does
 * not let it be read.
 */
export async function rendererMemory(browser, look) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  try {
    for (const { id } of processInfo.filter(({ type }) => type === "renderer")) readProcess(id, look);
    return true;
  } catch (error) {
    if (["EACCES", "EPERM", "ENOENT"].includes(error.code)) return false;
    throw error;
  }
}

function readProcess(id, look) {
  const memory = openSync(`/proc/${id}/mem`, "r");
  try {
    for (const [, from, to] of readFileSync(`/proc/${id}/maps`, "utf8").matchAll(/^(\w+)-(\w+) rw/gm)) {
      const end = Number.parseInt(to, 16);
      for (let at = Number.parseInt(from, 16); at < end; at += STRIDE) {
        const piece = Buffer.alloc(Math.min(STRIDE + SEAM, end - at));
        const read = readOr0(memory, piece, at);
        // Most of what is reserved was never touched.
        if (!piece.equals(NOTHING.subarray(0, piece.length))) look(piece.subarray(0, read));
      }
    }
  } finally {
    closeSync(memory);
  }
}

/** How much was read: what is mapped may be taken back meanwhile. */
function readOr0(memory, piece, at) {
  try {
    return readSync(memory, piece, 0, piece.length, at);
  } catch (error) {
    if (error.code === "EIO" || error.code === "EFAULT") return 0;
    throw error;
  }
}
