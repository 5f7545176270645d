// The npm package, used as its README says: in Node, in a browser, built by Vite. What it seals, our kubeseal opens.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { publint } from "publint";
import { build } from "vite";

import { launch, watchedPage } from "./support/browser.mjs";
import { makeCertificate } from "./support/certificate.mjs";
import { folder, unsealed } from "./support/programs.mjs";
import { KEY } from "./support/scene.mjs";
import { fingerprint } from "./support/server.mjs";

const PACKAGE = new URL("../../target/npm/package/", import.meta.url).pathname;
const EXAMPLES = new URL("../../sealer-wasm/npm/examples/", import.meta.url).pathname;
// Every visitor of a page that uses it downloads this once. Most of it is RSA, AES and the YAML reader.
const WASM_GZIP_BYTES = 200_000;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
// A page that uses the package needs nothing more.
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

const { init, inspect, merge, parseCert, seal, sealManifest } = await import(`${PACKAGE}node.js`);
const STRICT = { cert: KEY.pem, namespace: "payments", name: "db" };

let browser;
before(async () => {
  assert.throws(() => parseCert(KEY.pem), { code: "not-initialised" });
  await init();
  browser = await launch();
});
after(() => browser?.close());

test("strings and bytes of any kind are sealed, and open as they were", async (t) => {
  const yaml = seal({ ...STRICT, data: { text: "пароль\n", bytes: new TextEncoder().encode("a\0b"), empty: "" } });
  assert.deepEqual(unsealed(t, yaml, KEY.privateKey), { bytes: "a\0b", empty: "", text: "пароль\n" });
});

test("the scope and the type are what was asked for", async (t) => {
  const yaml = seal({ ...STRICT, scope: "namespace-wide", type: "kubernetes.io/basic-auth", data: { password: "x" } });
  const [{ values, ...rest }] = inspect(yaml);
  assert.deepEqual(rest, { name: "db", namespace: "payments", scope: "namespace-wide", type: "kubernetes.io/basic-auth" });
  assert.deepEqual(values, [{ key: "password", bytes: 1, keyBits: 2048 }]);
  assert.deepEqual(unsealed(t, yaml.replaceAll("name: db", "name: other"), KEY.privateKey), { password: "x" });
});

test("a manifest is sealed as it is", async (t) => {
  const manifest = "kind: Secret\napiVersion: v1\nmetadata: {name: a, namespace: b}\nstringData: {key: value}\n";
  assert.deepEqual(unsealed(t, sealManifest({ cert: KEY.pem, manifest }), KEY.privateKey), { key: "value" });
});

test("merging changes the lines of the new values and no other", async (t) => {
  const before = `# ours\n${seal({ ...STRICT, data: { user: "shop" } })}`;
  const merged = merge(before, { cert: KEY.pem, data: { password: "new" } });
  assert.deepEqual(unsealed(t, merged, KEY.privateKey), { password: "new", user: "shop" });
  assert.equal(merged.split("\n").filter((line) => !line.startsWith("    password: ")).join("\n"), before);
});

test("keys are removed and renamed without a certificate, and the renamed open as before", (t) => {
  const before = seal({ ...STRICT, data: { old: "kept", gone: "x" } });
  const merged = merge(before, { remove: ["gone"], rename: { old: "new" } });
  assert.deepEqual(unsealed(t, merged, KEY.privateKey), { new: "kept" });
});

test("a certificate is described", () => {
  const { notBefore, notAfter, ...rest } = parseCert(KEY.pem);
  assert.deepEqual(rest, { fingerprint: fingerprint(KEY.der), bits: 2048 });
  assert.ok(notBefore < new Date() && notAfter > new Date());
});

test("what is wrong is an Error with a code, and no message holds a value", () => {
  const data = { password: "hunter2" };
  const expired = makeCertificate({ days: -1, startedDaysAgo: 40 }).pem;
  const sealed = seal({ ...STRICT, data });
  for (const [code, attempt] of [
    ["certificate-missing", () => seal({ ...STRICT, cert: "hunter2", data })],
    ["certificate-expired", () => seal({ ...STRICT, cert: expired, data })],
    ["private-key", () => parseCert(KEY.privateKey.export({ type: "pkcs8", format: "pem" }))],
    ["namespace-missing", () => seal({ cert: KEY.pem, name: "db", data })],
    ["name-missing", () => seal({ cert: KEY.pem, namespace: "payments", data })],
    ["unknown-scope", () => seal({ ...STRICT, scope: "everywhere", data })],
    ["empty-data", () => seal({ ...STRICT, data: {} })],
    ["invalid-key", () => seal({ ...STRICT, data: { "a b": "hunter2" } })],
    ["wrong-type", () => seal({ ...STRICT, data: { password: 2 } })],
    ["ambiguous-scalar", () => sealManifest({ cert: KEY.pem, manifest: "kind: Secret\napiVersion: v1\nmetadata: {name: a}\nstringData: {a: yes}\n" })],
    ["no-sealed-secrets", () => inspect("")],
    ["no-such-key", () => merge(sealed, { remove: ["user"] })],
    ["certificate-missing", () => merge(sealed, { data })],
    ["several-sealed-secrets", () => merge(`${sealed}---\n${sealed.replaceAll("name: db", "name: two")}`, { cert: KEY.pem, data })],
  ]) {
    assert.throws(attempt, (error) => {
      assert.ok(error instanceof Error);
      assert.equal(error.code, code, error.message);
      assert.ok(error.message && !error.message.includes("hunter2"), error.message);
      return true;
    });
  }
});

test("the example for Node seals what it reads", async (t) => {
  const place = project(t, "node.mjs");
  writeFileSync(join(place, "cert.pem"), KEY.pem);
  const done = spawnSync(process.execPath, ["node.mjs", "cert.pem", "payments", "db", "password"], { cwd: place, input: "hunter2\n", encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  assert.deepEqual(unsealed(t, done.stdout, KEY.privateKey), { password: "hunter2\n" });
});

test("a browser takes it without a bundler, under a policy that allows wasm and no more", async (t) => {
  const { page, log, url } = await served(t, PACKAGE);
  await page.goto(`${url}none`);
  const yaml = await page.evaluate(async ({ url, options }) => {
    const { init, seal } = await import(`${url}index.js`);
    await init();
    return seal(options);
  }, { url, options: { ...STRICT, data: { password: "hunter2" } } });
  assert.deepEqual(unsealed(t, yaml, KEY.privateKey), { password: "hunter2" });
  assert.deepEqual(log.violations, []);
});

test("Vite builds the example, and it seals", async (t) => {
  const place = project(t, "vite");
  await build({ root: place, configFile: join(place, "vite.config.js"), logLevel: "error" });
  const { page, log, url } = await served(t, join(place, "dist/"));
  await page.goto(`${url}index.html`);
  await page.locator("#cert").fill(KEY.pem);
  await page.locator("#password").fill("hunter2");
  await page.locator("#seal").click();
  const result = page.locator("#result", { hasText: "encryptedData" });
  await result.waitFor();
  assert.deepEqual(unsealed(t, await result.textContent(), KEY.privateKey), { password: "hunter2" });
  assert.deepEqual([log.violations, log.errors], [[], []]);
});

test("the package is made as npm's tools want it, types included", async () => {
  const { messages } = await publint({ pkgDir: PACKAGE, strict: true });
  assert.deepEqual(messages, []);
  const attw = new URL("node_modules/.bin/attw", import.meta.url).pathname;
  const done = spawnSync(attw, ["--pack", PACKAGE, "--profile", "esm-only", "--entrypoints", ".", "--no-emoji"], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stdout + done.stderr);
});

test("it is light and opens nothing", () => {
  const wasm = readFileSync(join(PACKAGE, "sealer_bg.wasm"));
  const { length } = gzipSync(wasm, { level: 9 });
  assert.ok(length <= WASM_GZIP_BYTES, `${length} bytes of gzip`);
  for (const word of ["unsealer", "aws_lc", "DecryptingKey"]) assert.ok(!wasm.includes(word), word);
});

/** An example in a folder of its own, with the package installed. */
function project(t, example) {
  const place = folder(t);
  cpSync(join(EXAMPLES, example), example === "vite" ? place : join(place, example), { recursive: true });
  mkdirSync(join(place, "node_modules"));
  symlinkSync(PACKAGE, join(place, "node_modules/sealwright"));
  return place;
}

/** A page, and a server for a folder. */
async function served(t, root) {
  const server = createServer((request, response) => {
    response.setHeader("Content-Security-Policy", POLICY);
    const name = request.url.slice(1);
    if (name === "none") {
      response.setHeader("Content-Type", "text/html").end("<!doctype html><title>none</title>");
      return;
    }
    try {
      const bytes = readFileSync(join(root, name));
      response.setHeader("Content-Type", TYPES[extname(name)] ?? "text/plain").end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const watched = await watchedPage(browser);
  t.after(() => watched.context.close());
  return { ...watched, url: `http://127.0.0.1:${server.address().port}/` };
}
