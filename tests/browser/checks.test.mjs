// What is said about the values of Secrets whose type Kubernetes knows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { download, dropFiles, paste, sealed } from "./support/browser.mjs";
import { items } from "./support/open.mjs";
import { stage } from "./support/scene.mjs";
import { vector } from "./support/vectors.mjs";

const scene = stage();
const CERTIFICATE = vector("tls/ec.crt");

/** A page on which a Secret of this type gets a name. */
async function named(t, type = "Opaque") {
  const { page } = await scene(t);
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  if (type !== "Opaque") await page.locator("#type").selectOption(type);
  return page;
}

/** What keeps the file back is said, once in the result and once at the value. */
async function refused(page, words) {
  await page.locator(".need", { hasText: words }).waitFor();
  await page.locator("#result", { hasText: "A value needs a correction." }).waitFor();
  assert.equal(await page.locator("#download").count(), 0);
}

test("a key of another certificate is refused at the key, until the right one comes", async (t) => {
  const page = await named(t, "TLS");
  await page.getByLabel("Value of tls.crt").fill(CERTIFICATE);
  await page.getByLabel("Value of tls.key").fill(vector("tls/rsa.pkcs8.pem"));
  await refused(page, "This key does not belong to the first certificate");
  const key = page.getByLabel("Value of tls.key");
  assert.equal(await key.getAttribute("aria-invalid"), "true");
  const need = await key.getAttribute("aria-describedby");
  assert.match(await page.locator(`#${need}`).innerText(), /^This key does not belong/);
  await key.fill(vector("tls/ec.pkcs8.pem"));
  await sealed(page);
  assert.equal(await key.getAttribute("aria-invalid"), null);
  assert.deepEqual(Object.keys(items((await download(page)).text)), ["tls.crt", "tls.key"]);
});

test("a pasted pair that does not belong together is refused, and passes as Opaque", async (t) => {
  const page = await named(t);
  await paste(page, CERTIFICATE + vector("tls/rsa.pkcs8.pem"));
  await refused(page, "This key does not belong to the first certificate");
  await page.locator("#type").selectOption("Opaque");
  await sealed(page);
  assert.equal(await page.locator(".need").count(), 0);
});

test("what is odd is said at the value and sealed", async (t) => {
  const page = await named(t);
  for (const [text, words] of [
    [vector("tls/expired.crt") + vector("tls/ec.pkcs8.pem"), "This certificate ended on 1 February 2026."],
    [CERTIFICATE + vector("tls/root.crt") + vector("tls/ec.pkcs8.pem"), "The certificates are not in order"],
    [vector("tls/ed25519.crt") + vector("tls/ed25519.pkcs8.pem"), "could not be checked"],
    ['{"auths": {"r.io": {}}, "credsStore": "desktop"}', "There is no login in it."],
  ]) {
    await page.locator("#secret").fill(text);
    await page.locator(".values .note", { hasText: words }).waitFor();
    await sealed(page);
  }
});

test("keys for SSH that nobody could use are refused", async (t) => {
  const page = await named(t, "SSH key");
  const key = page.getByLabel("Value of ssh-privatekey");
  for (const [text, words] of [
    [vector("ssh/ed25519.pub"), "This is a public key."],
    [vector("ssh/passphrase"), "This key has a passphrase"],
    ["hunter2", "There is no whole private key in it"],
  ]) {
    await key.fill(text);
    await refused(page, words);
  }
  assert.ok(!(await page.locator("main").innerText()).includes("hunter2"));
  await key.fill(vector("ssh/ed25519").trimEnd());
  await page.locator(".new-value .note", { hasText: "It does not end with a line break" }).waitFor();
  await sealed(page);
  await key.fill(vector("ssh/ed25519"));
  await page.locator(".new-value .note", { hasText: "line break" }).waitFor({ state: "detached" });
  await sealed(page);
});

test("files are looked at too, and a remark stays while a name is typed", async (t) => {
  const { page } = await scene(t);
  await page.locator("#type").selectOption("TLS");
  await dropFiles(page, { "server.key": vector("tls/rsa.pkcs8.pem") });
  await page.getByLabel("Value of tls.crt").fill(CERTIFICATE);
  const need = page.locator(".need", { hasText: "This key does not belong" });
  await need.waitFor();
  await page.evaluate(() => {
    window.gone = 0;
    new MutationObserver(() => {
      if (!document.querySelector("main").innerText.includes("This key does not belong")) window.gone += 1;
    }).observe(document.querySelector("main"), { childList: true, subtree: true, characterData: true });
  });
  await page.locator("#namespace").pressSequentially("payments");
  await page.locator("#name").pressSequentially("db");
  await page.locator("#result", { hasText: "A value needs a correction." }).waitFor();
  assert.equal(await page.evaluate(() => window.gone), 0);
});
