// A SealedSecret that is there is changed: only the wanted lines, and what they hold opens where the file says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { download, drop, paste, sealed } from "./support/browser.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, SECRET, sealedFile, stage } from "./support/scene.mjs";

const scene = stage();

/** Opens a file with a SealedSecret, under a name of its own. */
async function openFile(page, text, name) {
  await drop(page, text, name);
  await page.locator("#set-by-file").waitFor();
}

/** The changed lines, as the page shows them. */
async function shownChanges(page) {
  return page.locator("#yaml > .add, #yaml > .cut").allTextContents();
}

function changedLines(before, after) {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return { gone: old.filter((line) => !now.includes(line)), come: now.filter((line) => !old.includes(line)) };
}

test("pasted lines replace and add values of a pasted SealedSecret, and no other line changes", async (t) => {
  const { page } = await scene(t);
  const file = sealedFile();
  await paste(page, file);
  await page.locator(".verdict", { hasText: "Nothing changes yet." }).waitFor();
  assert.equal(await page.locator("#secret").inputValue(), "");
  assert.match(await page.locator("#set-by-file").innerText(), /^Only as db in payments\. /);
  assert.equal(await page.locator("#name, #scope-strict").count(), 0);
  await paste(page, "password=battery staple\ntoken=abc\n");
  await sealed(page);
  assert.equal(await page.locator(".verdict").innerText(), "1 value added, 1 replaced.");
  const { name, text } = await download(page);
  assert.equal(name, "payments-db.sealedsecret.yaml");
  const { gone, come } = changedLines(file, text);
  assert.deepEqual(gone.map((line) => line.split(":")[0].trim()), ["password"]);
  assert.deepEqual(come.map((line) => line.split(":")[0].trim()), ["password", "token"]);
  const values = items(text);
  assert.equal(openValue(values.password, "payments/db", KEY.privateKey).toString(), "battery staple");
  assert.equal(openValue(values.token, "payments/db", KEY.privateKey).toString(), "abc");
  assert.equal(values.user, items(file).user);
  const shown = await shownChanges(page);
  assert.deepEqual(shown.map((line) => line.trim().slice(0, 2).trim()), ["−", "+", "+"]);
  assert.ok(shown[0].includes("removed:") && shown[1].includes("added:"), shown.join("\n"));
});

test("values are replaced, renamed, removed and added in rows, and every step can be taken back", async (t) => {
  const { page } = await scene(t);
  const file = sealedFile();
  await openFile(page, file);
  await page.getByRole("button", { name: "Replace password" }).click();
  const box = page.getByRole("textbox", { name: "Value of password" });
  assert.ok(await box.evaluate((each) => each === document.activeElement));
  assert.equal(await box.evaluate((each) => getComputedStyle(each).webkitTextSecurity), "disc");
  await page.keyboard.insertText("battery\nstaple");
  await sealed(page);
  await page.getByText("14 → 14 bytes").waitFor();
  await page.getByRole("button", { name: "Rename user" }).click();
  await page.keyboard.insertText("password");
  await page.getByText("This key is given twice.").waitFor();
  await page.getByRole("textbox", { name: "New name of user" }).fill("USER");
  await page.getByRole("button", { name: "Remove ca.crt" }).click();
  await page.getByRole("button", { name: "Add a value" }).click();
  await page.keyboard.insertText("token");
  await page.getByRole("textbox", { name: "Value of token" }).fill("abc");
  await page.locator(".verdict", { hasText: "1 value added, 1 replaced, 1 removed, 1 renamed." }).waitFor();
  const { name, text } = await download(page);
  assert.equal(name, "db.yaml");
  const values = items(text);
  assert.deepEqual(Object.keys(values).sort(), ["USER", "password", "token"]);
  assert.equal(openValue(values.password, "payments/db", KEY.privateKey).toString(), "battery\nstaple");
  for (const button of ["Undo password", "Undo user", "Undo ca.crt", "Remove token"]) {
    await page.getByRole("button", { name: button }).click();
    assert.notEqual(await page.evaluate(() => document.activeElement.tagName), "BODY", button);
  }
  await page.locator(".verdict", { hasText: "Nothing changes yet." }).waitFor();
});

test("what is typed into a row stays in it while other rows come and go", async (t) => {
  const { page } = await scene(t);
  await openFile(page, sealedFile());
  await page.getByRole("button", { name: "Replace password" }).click();
  const box = page.getByRole("textbox", { name: "Value of password" });
  await box.fill("battery staple");
  for (const [key, value] of [["first", "1"], ["second", "2"]]) {
    await page.getByRole("button", { name: "Add a value" }).click();
    await page.locator(".new-value").last().getByRole("textbox", { name: "Key" }).fill(key);
    await page.getByRole("textbox", { name: `Value of ${key}` }).fill(value);
  }
  await page.getByRole("button", { name: "Remove first" }).click();
  await page.locator("#secret").fill("token=abc");
  await page.locator(".verdict", { hasText: "2 values added, 1 replaced." }).waitFor();
  assert.equal(await box.inputValue(), "battery staple");
  assert.equal(await page.getByRole("textbox", { name: "Value of second" }).inputValue(), "2");
  const values = items((await download(page)).text);
  assert.deepEqual(Object.keys(values).sort(), ["ca.crt", "password", "second", "token", "user"]);
  assert.equal(openValue(values.second, "payments/db", KEY.privateKey).toString(), "2");
});

test("comments, line ends, other documents and a missing last line break stay as they were", async (t) => {
  const { page } = await scene(t);
  const file = `${sealedFile()}---\n# settings\nkind: ConfigMap\nmetadata: {name: a}`.replaceAll("\n", "\r\n");
  await openFile(page, file);
  await page.locator("#secret").fill("user=somebody\n");
  await sealed(page);
  const { text } = await download(page);
  const [old, now] = [file.split("\r\n"), text.split("\r\n")];
  assert.equal(now.length, old.length);
  const other = old.flatMap((line, index) => (line === now[index] ? [] : [index]));
  assert.equal(other.length, 1);
  assert.match(now[other[0]], /^ {4}user: \S+ # read only$/);
});

test("the new lines can be copied by themselves", async (t) => {
  const { page } = await scene(t);
  await page.evaluate(() => Object.defineProperty(window, "isSecureContext", { value: false }));
  await openFile(page, sealedFile());
  await page.locator("#secret").fill("token=abc");
  await sealed(page);
  const copied = page.evaluate(() => new Promise((resolve) => {
    document.addEventListener("copy", () => resolve(document.activeElement.value), { once: true });
  }));
  await page.getByRole("button", { name: "Copy just the new lines" }).click();
  const value = /^ {4}token: (\S+)\n$/.exec(await copied)[1];
  assert.equal(openValue(value, "payments/db", KEY.privateKey).toString(), "abc");
});

test("a file that is not edited in place says why and still gives the lines", async (t) => {
  const { page } = await scene(t);
  const { user } = items(sealedFile());
  await openFile(page, `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: payments}\nspec:\n  encryptedData: {user: ${user.split(" ")[0]}}\n`);
  await page.locator("#secret").fill("token=abc");
  const problem = page.locator("#result-problem");
  await problem.waitFor();
  assert.match(await problem.innerText(), /^Line 5, column \d+: Braces/);
  assert.equal(await page.locator("#download").count(), 0);
  await page.getByRole("button", { name: "Copy just the new lines" }).waitFor();
});

test("of several SealedSecrets one is chosen, and the others stay as they are", async (t) => {
  const { page } = await scene(t);
  const other = sealedFile().replace("name: db", "name: cache");
  await openFile(page, `${sealedFile()}---\n${other}`);
  await page.getByLabel("Which SealedSecret in this file").selectOption("cache in payments");
  await page.locator("#secret").fill("user=somebody");
  await sealed(page);
  const [first, second] = (await download(page)).text.split("---\n");
  assert.equal(first, sealedFile());
  assert.equal(openValue(items(second).user.split(" ")[0], "payments/cache", KEY.privateKey).toString(), "somebody");
});

test("the namespace is asked for where the file does not name it", async (t) => {
  const { page } = await scene(t);
  await openFile(page, sealedFile().replace("  namespace: payments\n", ""));
  await page.locator("#secret").fill("token=abc");
  await page.locator("#namespace-need").waitFor();
  await page.locator("#namespace").fill("payments");
  await sealed(page);
  assert.equal(openValue(items((await download(page)).text).token, "payments/db", KEY.privateKey).toString(), "abc");
});

test("a plaintext Secret beside the SealedSecret is refused", async (t) => {
  const { page } = await scene(t);
  await paste(page, `${sealedFile()}---\n${SECRET}`);
  await page.locator("#secret-problem", { hasText: "plaintext Secret beside" }).waitFor();
  assert.equal(await page.locator("#download").count(), 0);
});

test("typed values are cleared on request and with the file", async (t) => {
  const { page } = await scene(t);
  await openFile(page, sealedFile());
  await page.getByRole("button", { name: "Replace password" }).click();
  await page.keyboard.insertText("battery staple");
  await sealed(page);
  await page.locator("#wipe").click();
  await page.locator("#result").getByText("Your text is cleared.").waitFor();
  assert.equal(await page.locator("textarea.one").count(), 0);
  assert.equal(openValue(items((await download(page)).text).password, "payments/db", KEY.privateKey).toString(), "battery staple");
  await page.getByRole("button", { name: "Close file" }).click();
  await page.getByText("Paste a secret; the sealed file appears here.").waitFor();
  assert.equal(await page.locator("#name").inputValue(), "");
});
