// What the one box recognises besides manifests and lines, and files that are values.

import assert from "node:assert/strict";
import { test } from "node:test";

import { download, drop, dropFiles, paste, sealed } from "./support/browser.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, sealedFile, stage } from "./support/scene.mjs";
import { vector } from "./support/vectors.mjs";

const scene = stage();
const CERTIFICATE = vector("tls/ec.crt");
const TLS_KEY = vector("tls/ec.pkcs8.pem");
const SSH_KEY = vector("ssh/ed25519");
const DOCKER = '{\n  "auths": {"registry.example": {"auth": "dXNlcjpodW50ZXIy"}}\n}\n';

/** A page on which a Secret gets a name. */
async function named(t) {
  const { page } = await scene(t);
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  return page;
}

/** The type of what was downloaded, and its values as the cluster would get them. */
async function opened(page) {
  await sealed(page);
  const { text } = await download(page);
  const values = Object.entries(items(text)).map(([key, value]) => {
    return [key, openValue(value, "payments/db", KEY.privateKey)];
  });
  return { type: text.match(/\n {4}type: (.*)/)?.[1], values: Object.fromEntries(values) };
}

async function recognised(page, words) {
  await page.locator("#recognised", { hasText: words }).waitFor();
}

test("a certificate and its key that are pasted together become a Secret for TLS", async (t) => {
  const page = await named(t);
  await paste(page, TLS_KEY + CERTIFICATE);
  await recognised(page, "recognised as a TLS certificate and key");
  assert.equal(await page.locator("#type").inputValue(), "TLS");
  const { type, values } = await opened(page);
  assert.equal(type, "kubernetes.io/tls");
  assert.deepEqual([String(values["tls.crt"]), String(values["tls.key"])], [CERTIFICATE, TLS_KEY]);
});

test("so do their two files, dropped together in any order", async (t) => {
  const page = await named(t);
  await dropFiles(page, { "server.key": TLS_KEY, "server.pem": CERTIFICATE });
  const { type, values } = await opened(page);
  assert.equal(type, "kubernetes.io/tls");
  assert.deepEqual([String(values["tls.crt"]).trim(), String(values["tls.key"])], [CERTIFICATE.trim(), TLS_KEY]);
});

test("where the type is TLS, each file by itself is named after what it is", async (t) => {
  const page = await named(t);
  await page.locator("#type").selectOption("TLS");
  await drop(page, CERTIFICATE, "server.pem");
  await page.getByText("from the file server.pem").waitFor();
  await drop(page, TLS_KEY, "server.key");
  const { values } = await opened(page);
  assert.deepEqual([String(values["tls.crt"]), String(values["tls.key"])], [CERTIFICATE, TLS_KEY]);
});

test("another type asks for its keys and leaves the focus in the list", async (t) => {
  const page = await named(t);
  await page.locator("#type").focus();
  await page.keyboard.press("b");
  await page.getByRole("textbox", { name: "Value of username" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "type");
});

test("what looks like a file of settings is no manifest, and becomes a value when it is dropped", async (t) => {
  const page = await named(t);
  await paste(page, "[client]\npassword=x\n");
  await page.getByText("This is neither a Secret manifest nor KEY=value lines.").waitFor();
  await page.locator("#secret").fill("");
  await drop(page, "[client]\npassword=x\n", "my.cnf");
  assert.equal(String((await opened(page)).values["my.cnf"]), "[client]\npassword=x\n");
});

test("a private key by itself is one for SSH, until the type says otherwise", async (t) => {
  const page = await named(t);
  await paste(page, SSH_KEY);
  await recognised(page, "recognised as a private key for SSH");
  const { type, values } = await opened(page);
  assert.deepEqual([type, String(values["ssh-privatekey"])], ["kubernetes.io/ssh-auth", SSH_KEY]);
  await page.locator("#secret").fill(TLS_KEY);
  await page.locator("#type").selectOption("TLS");
  await recognised(page, /recognised as a private key$/);
  await page.getByRole("textbox", { name: "Value of tls.crt" }).fill(CERTIFICATE);
  assert.equal(String((await opened(page)).values["tls.key"]), TLS_KEY);
});

test("docker's config.json becomes a login to a registry", async (t) => {
  const page = await named(t);
  await drop(page, DOCKER, "config.json");
  await recognised(page, "recognised as docker's config.json");
  const { type, values } = await opened(page);
  assert.deepEqual([type, String(values[".dockerconfigjson"])], ["kubernetes.io/dockerconfigjson", DOCKER]);
});

test("every other file is a value under its name, byte for byte, and is not shown", async (t) => {
  const page = await named(t);
  const files = { "key store.jks": Buffer.from([0xfe, 0xed, 0, 0xff, 0x0d, 0x0a]), "ca.crt": CERTIFICATE, "empty": "" };
  await dropFiles(page, files);
  await page.getByText("from the file key store.jks").waitFor();
  assert.equal(await page.getByRole("textbox", { name: /^Value of/ }).count(), 0);
  const { type, values } = await opened(page);
  assert.equal(type, undefined);
  assert.deepEqual(Object.keys(values).sort(), ["ca.crt", "empty", "key_store.jks"]);
  assert.ok(values["key_store.jks"].equals(files["key store.jks"]));
  assert.equal(String(values["ca.crt"]), CERTIFICATE);
  assert.equal(values.empty.length, 0);
});

test("several files can be chosen at once", async (t) => {
  const page = await named(t);
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"), page.getByRole("button", { name: "Browse files" }).click(),
  ]);
  assert.ok(chooser.isMultiple());
  await chooser.setFiles(["one", "two"].map((name) => ({ name, mimeType: "", buffer: Buffer.from(name) })));
  await page.getByText("from the file two").waitFor();
  const { values } = await opened(page);
  assert.deepEqual([String(values.one), String(values.two)], ["one", "two"]);
});

test("a file whose text the box reads can be taken as one value instead, with its own line ends", async (t) => {
  const page = await named(t);
  await drop(page, "KEY=value\r\n", "db.env");
  await recognised(page, "recognised as KEY=value lines, 1 value");
  await page.locator("#as-one-value").click();
  await page.getByText("from the file db.env").waitFor();
  assert.equal(await page.locator("#secret").inputValue(), "");
  assert.deepEqual((await opened(page)).values, { "db.env": Buffer.from("KEY=value\r\n") });
});

test("a key with a passphrase and a certificate by itself are refused as text", async (t) => {
  const page = await named(t);
  await paste(page, vector("tls/encrypted.pem"));
  await page.locator("#secret-problem", { hasText: "it has a passphrase" }).waitFor();
  await page.locator("#secret").fill(CERTIFICATE);
  await page.locator("#secret-problem", { hasText: "This is a certificate or key, not a Secret." }).waitFor();
  assert.equal(await page.locator("#download").count(), 0);
});

test("what was recognised passes as Opaque where that is chosen", async (t) => {
  const page = await named(t);
  await paste(page, CERTIFICATE + TLS_KEY);
  await recognised(page, "recognised as a TLS certificate and key");
  await page.locator("#type").selectOption("Opaque");
  const { type, values } = await opened(page);
  assert.deepEqual([type, Object.keys(values).sort()], [undefined, ["tls.crt", "tls.key"]]);
});

test("a file takes the place of the value of this name in an open file", async (t) => {
  const { page } = await scene(t);
  await drop(page, sealedFile());
  await page.locator("#set-by-file").waitFor();
  await drop(page, CERTIFICATE, "ca.crt");
  await sealed(page);
  assert.equal(await page.locator(".verdict").innerText(), "1 value replaced.");
  const values = items((await download(page)).text);
  assert.equal(String(openValue(values["ca.crt"], "payments/db", KEY.privateKey)), CERTIFICATE);
  await page.getByRole("button", { name: "Undo ca.crt" }).click();
  await page.locator(".verdict", { hasText: "Nothing changes yet." }).waitFor();
});

test("files are cleared on request, and the next one begins anew", async (t) => {
  const page = await named(t);
  await dropFiles(page, { one: "1", two: "2" });
  await sealed(page);
  await page.locator("#wipe").click();
  await page.locator("#result").getByText("Your text is cleared.").waitFor();
  assert.equal(await page.getByText("from the file").count(), 0);
  await drop(page, "three", "three");
  await page.getByText("from the file three").waitFor();
  assert.deepEqual((await opened(page)).values, { three: Buffer.from("three") });
});
