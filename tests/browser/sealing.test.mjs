// What people come for: a Secret goes in, a SealedSecret comes out that opens where it should and nowhere else.

import assert from "node:assert/strict";
import { test } from "node:test";

import { download, drop, open, paste, sealed } from "./support/browser.mjs";
import { makeCertificate } from "./support/certificate.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, SECRET, clusters, stage } from "./support/scene.mjs";

const scene = stage();

test("a pasted Secret is downloaded as a SealedSecret that opens under its own name alone", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET);
  await sealed(page);
  assert.match(await page.locator(".verdict").innerText(), /^Can be opened only as db in payments, by prod-eu\.$/);
  const { name, text } = await download(page);
  assert.equal(name, "payments-db.sealedsecret.yaml");
  assert.match(text, /^apiVersion: bitnami.com\/v1alpha1\nkind: SealedSecret\nmetadata:\n {2}name: db\n {2}namespace: payments\nspec:\n/);
  const values = items(text);
  assert.deepEqual(Object.keys(values).sort(), ["password", "user"]);
  assert.equal(openValue(values.password, "payments/db", KEY.privateKey).toString(), "correct horse\n");
  assert.equal(openValue(values.user, "payments/db", KEY.privateKey).toString(), "payments");
  for (const label of ["payments/other", "other/db", "payments", ""]) {
    assert.throws(() => openValue(values.user, label, KEY.privateKey), label);
  }
});

test("KEY=value lines are sealed as soon as somebody says where they belong", async (t) => {
  const { page } = await scene(t);
  await paste(page, 'USER=payments\nPASSWORD="correct horse"\n');
  await page.getByText("recognised as KEY=value lines, 2 values").waitFor();
  await page.locator("#namespace-need").waitFor();
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  await sealed(page);
  const { text } = await download(page);
  assert.equal(openValue(items(text).PASSWORD, "payments/db", KEY.privateKey).toString(), "correct horse");
});

test("quotation marks can be kept, as docker reads them", async (t) => {
  const { page } = await scene(t);
  await paste(page, 'PASSWORD="correct horse"\n');
  await page.locator("#dialect").selectOption({ index: 1 });
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  await sealed(page);
  const { text } = await download(page);
  assert.equal(openValue(items(text).PASSWORD, "payments/db", KEY.privateKey).toString(), '"correct horse"');
});

test("the scope that is chosen is the scope that is sealed for", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET);
  await sealed(page);
  for (const [scope, label, words] of [
    ["namespace-wide", "payments", /under any name in payments/],
    ["cluster-wide", "", /under any name, in any namespace/],
    ["strict", "payments/db", /only as db in payments/],
  ]) {
    await page.locator(`#scope-${scope}`).check();
    await page.locator(".verdict", { hasText: words }).waitFor();
    await sealed(page);
    const { text } = await download(page);
    assert.equal(openValue(items(text).user, label, KEY.privateKey).toString(), "payments");
    assert.equal(text.includes(`sealedsecrets.bitnami.com/${scope}: "true"`), scope !== "strict");
  }
});

test("several Secrets become several documents in one file, all or nothing", async (t) => {
  const { page } = await scene(t);
  const second = SECRET.replace("name: db", "name: cache");
  await paste(page, `${SECRET}---\n${second}`);
  await sealed(page);
  const { name, text } = await download(page);
  assert.equal(name, "2-secrets.sealedsecret.yaml");
  const documents = text.split("---\n");
  assert.equal(documents.length, 2);
  assert.equal(openValue(items(documents[0]).user, "payments/db", KEY.privateKey).toString(), "payments");
  assert.equal(openValue(items(documents[1]).user, "payments/cache", KEY.privateKey).toString(), "payments");
  await page.locator("#start-over").click();
  await paste(page, `${SECRET}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n`);
  await page.locator("#secret-problem").waitFor();
  assert.equal(await page.locator("#download").count(), 0);
});

test("an unchanged value keeps its ciphertext while others change", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET);
  await sealed(page);
  const before = items((await download(page)).text);
  await page.locator("#secret").fill(SECRET.replace("correct horse", "battery staple"));
  await page.locator("#download").waitFor();
  await page.waitForFunction((old) => document.getElementById("yaml")?.textContent.includes(old) === false,
    before.password.slice(0, 32));
  await sealed(page);
  const after = items((await download(page)).text);
  assert.equal(after.user, before.user);
  assert.notEqual(after.password, before.password);
});

test("whoever leaves the box at once is not offered the file of what it held before", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET);
  await sealed(page);
  // In one task, so that no timer has its turn between the last key and the way to the button.
  const offered = await page.evaluate(async () => {
    document.getElementById("secret").focus();
    document.execCommand("insertText", false, " ");
    document.getElementById("download").focus();
    for (let turn = 0; turn < 10; turn += 1) await null;
    return document.getElementById("download") !== null;
  });
  assert.equal(offered, false);
  await sealed(page);
});

test("copying puts the whole file on the clipboard, by the old command where there is no clipboard API", async (t) => {
  const { page, context } = await scene(t);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate(() => Object.defineProperty(window, "isSecureContext", { value: false }));
  await paste(page, SECRET);
  await sealed(page);
  const copied = page.evaluate(() => new Promise((resolve) => {
    document.addEventListener("copy", () => resolve(document.activeElement.value), { once: true });
  }));
  await page.locator("#copy").click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await copied, (await download(page)).text);
  assert.equal(await page.evaluate(() => document.activeElement.id), "download");
});

test("a mistake is named with line and column beside the box, without repeating it, and nothing is offered", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET.replace('"correct horse\\n"', '"correct horse'));
  const problem = page.locator("#secret-problem");
  await problem.waitFor();
  assert.equal(await problem.getAttribute("role"), "alert");
  assert.match(await problem.innerText(), /^Line \d+, column \d+: /);
  assert.doesNotMatch(await problem.innerText(), /correct horse/);
  assert.equal(await page.locator("#secret").getAttribute("aria-invalid"), "true");
  assert.equal(await page.locator("#secret").getAttribute("aria-describedby"), "secret-problem");
  assert.equal(await page.locator("#download").count(), 0);
  await page.locator("#secret").fill(SECRET);
  await sealed(page);
  assert.equal(await page.locator("#secret").getAttribute("aria-invalid"), null);
});

test("values can be cleared while the result stays, and everything can be started over", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET);
  await sealed(page);
  await page.locator("#wipe").click();
  await page.waitForFunction(() => document.getElementById("secret").value === "");
  assert.equal(openValue(items((await download(page)).text).user, "payments/db", KEY.privateKey).toString(), "payments");
  assert.ok(await page.locator("#name").isDisabled());
  await page.locator("#start-over").click();
  await page.getByText("Paste a secret; the sealed file appears here.").waitFor();
  assert.equal(await page.locator("#name").inputValue(), "");
});

test("an example is one click away and seals at once", async (t) => {
  const { page } = await scene(t);
  await page.locator("#example").click();
  await sealed(page);
  assert.equal(await page.evaluate(() => document.activeElement.id), "secret");
  const { name, text } = await download(page);
  assert.equal(name, "default-example.sealedsecret.yaml");
  assert.equal(openValue(items(text).password, "default/example", KEY.privateKey).toString(), "hunter2");
  await page.locator("#start-over").click();
  assert.equal(await page.locator("#secret").inputValue(), "");
  await page.locator("#example").waitFor();
});

test("what was entered is cleared when nobody is there, and any key keeps it", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  await page.clock.install();
  await open(page, site.url);
  await page.clock.fastForward("30:00");
  await paste(page, SECRET);
  await page.clock.runFor(1000);
  await sealed(page);
  await page.clock.runFor("14:00");
  await page.keyboard.press("Shift");
  await page.clock.runFor("14:00");
  assert.equal(await page.locator("#idle").count(), 0);
  await page.clock.runFor("01:10");
  await page.locator("#idle", { hasText: "any key or click keeps it" }).waitFor();
  await page.keyboard.press("Shift");
  await page.locator("#idle").waitFor({ state: "detached" });
  await page.clock.runFor("15:30");
  await page.locator("#idle").waitFor();
  await page.clock.runFor("01:00");
  await page.locator("#idle", { hasText: "was cleared" }).waitFor();
  assert.equal(await page.locator("#secret").inputValue(), "");
  assert.match((await download(page)).text, /kind: SealedSecret/);
});

test("RSA keys of 3072, 4096 and 8192 bits are sealed for", async (t) => {
  for (const bits of [3072, 4096, 8192]) {
    const key = makeCertificate({ bits });
    const { page } = await scene(t, { server: { clusters: clusters(key) } });
    await paste(page, SECRET);
    await sealed(page);
    const { text } = await download(page);
    assert.equal(openValue(items(text).user, "payments/db", key.privateKey).toString(), "payments");
  }
});

test("a value of 1 MiB is sealed, and one byte more is refused with the reason", async (t) => {
  const { page } = await scene(t);
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  await page.locator("#secret").fill(`FILE=${"x".repeat(1 << 20)}`);
  await sealed(page);
  const { text } = await download(page);
  assert.equal(openValue(items(text).FILE, "payments/db", KEY.privateKey).length, 1 << 20);
  await page.locator("#secret").fill(`FILE=${"x".repeat((1 << 20) + 1)}`);
  await page.locator("#secret-problem", { hasText: "at most 1 MiB" }).waitFor();
});

test("a file dropped anywhere is read into the box", async (t) => {
  const { page } = await scene(t);
  await drop(page, SECRET, "secret.yaml");
  await sealed(page);
  assert.equal(await page.locator("#name").inputValue(), "db");
});

test("a chosen file is read into the box, and the same file again after starting over", async (t) => {
  const { page } = await scene(t);
  const file = { name: "secret.yaml", mimeType: "application/yaml", buffer: Buffer.from(SECRET) };
  for (let time = 0; time < 2; time += 1) {
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("button", { name: "Browse files" }).click(),
    ]);
    await chooser.setFiles(file);
    await sealed(page);
    assert.equal(await page.locator("#name").inputValue(), "db");
    await page.locator("#start-over").click();
    await page.locator("#download").waitFor({ state: "detached" });
  }
});
