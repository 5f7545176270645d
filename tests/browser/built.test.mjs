// What is built, read as text: no inline code, no way out, nothing of the machine that built it, and light enough.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { DIST } from "./support/server.mjs";

const WASM_BROTLI_BYTES = 200_000;
const FIRST_LOAD_BROTLI_BYTES = 240_000;

// Has a test file of its own; nobody loads it to use the page.
const ONE_FILE = "sealer.html";
const names = readdirSync(DIST).filter((name) => !/\.(br|gz)$/.test(name) && name !== ONE_FILE);
const html = readFileSync(join(DIST, "index.html"), "utf8");
const one = (pattern) => {
  const found = names.filter((name) => pattern.test(name));
  assert.equal(found.length, 1, `${pattern}: ${found}`);
  return found[0];
};
const read = (name) => readFileSync(join(DIST, name));
const sha384 = (name) => `sha384-${createHash("sha384").update(read(name)).digest("base64")}`;

test("there is no inline script or style, no event attribute and no foreign address", () => {
  for (const [, attributes, content] of html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
    assert.match(attributes, / src="\.\//);
    assert.equal(content, "");
  }
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:|https?:\/\//i);
});

test("every part is loaded against the hash of what lies beside the page", () => {
  const glue = one(/^web-ui-.*\.js$/);
  const wasm = one(/\.wasm$/);
  assert.ok(html.includes(`href="./${glue}" integrity="${sha384(glue)}"`));
  assert.ok(html.includes(`data-glue="./${glue}" data-wasm="./${wasm}" data-wasm-integrity="${sha384(wasm)}"`));
  for (const pattern of [/^boot-.*\.js$/, /^theme-.*\.js$/]) {
    const name = one(pattern);
    const tag = html.split("<script").find((each) => each.includes(`src="./${name}"`));
    assert.ok(tag.includes(`integrity="${sha384(name)}"`), name);
  }
  const look = one(/^look-.*\.css$/);
  assert.ok(html.includes(`href="./${look}" integrity="${sha384(look)}"`));
  assert.ok(!html.includes("data-trunk"));
});

test("the build is named after the sealing code, in the page and in the one file", () => {
  const build = createHash("sha256").update(read(one(/\.wasm$/))).digest("hex").slice(0, 16);
  for (const text of [html, String(read(ONE_FILE))]) assert.equal(/<html lang="en" data-build="(.*?)"/.exec(text)[1], build);
});

test("there is no code for any way out but the known calls of fetch", () => {
  const code = Object.fromEntries(names.filter((name) => name.endsWith(".js")).map((name) => [name, String(read(name))]));
  for (const [name, text] of Object.entries(code)) {
    for (const word of [
      "RTCPeerConnection", "WebSocket", "sendBeacon", "XMLHttpRequest", "EventSource", "window.open", "postMessage",
      "eval(", "new Function", "importScripts", "serviceWorker", "document.cookie",
    ]) {
      assert.ok(!text.includes(word), `${word} in ${name}`);
    }
    assert.doesNotMatch(text, /location\s*(\.(href|assign|replace)|=[^=])/, name);
  }
  const fetches = (pattern) => code[one(pattern)].match(/\bfetch\(/g)?.length ?? 0;
  assert.equal(fetches(/^web-ui-.*\.js$/), 1, "wasm-bindgen's own, for an address that is never handed to it");
  assert.equal(fetches(/^boot-/), 1);
  assert.equal(fetches(/^theme-/), 0);
});

test("no path of the machine that built it is in it", () => {
  const paths = [join(DIST, ".."), homedir()].map((path) => path.replace(/\/$/, "")).filter((path) => path.length > 1);
  for (const name of [...names, ONE_FILE]) {
    for (const path of paths) assert.ok(!read(name).includes(`${path}/`), `${path} in ${name}`);
  }
});

test("the page can't open anything: no private-key code is linked", () => {
  const text = read(one(/\.wasm$/)).toString("latin1");
  for (const word of ["unsealer", "aws_lc", "aws-lc", "DecryptingKey"]) assert.ok(!text.includes(word), word);
});

test("compressed forms hold the same bytes", () => {
  for (const name of names) {
    const packed = readdirSync(DIST).filter((each) => each === `${name}.br` || each === `${name}.gz`);
    for (const each of packed) {
      const plain = each.endsWith(".br") ? brotliDecompressSync(read(each)) : gunzipSync(read(each));
      assert.ok(plain.equals(read(name)), each);
      assert.ok(read(each).length < read(name).length, each);
    }
  }
});

test("it is light: the sealing code, and everything together", () => {
  const weight = (name) => readdirSync(DIST).includes(`${name}.br`) ? read(`${name}.br`).length : read(name).length;
  const wasm = weight(one(/\.wasm$/));
  const all = names.reduce((sum, name) => sum + weight(name), 0);
  assert.ok(wasm <= WASM_BROTLI_BYTES, `wasm: ${wasm} bytes of brotli`);
  assert.ok(all <= FIRST_LOAD_BROTLI_BYTES, `first load: ${all} bytes of brotli`);
});
