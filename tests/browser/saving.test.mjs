// A SealedSecret that was opened is saved back: the same file, once somebody presses it, and nothing else. The file is a real
// one, in the origin's private file system; only the browser's dialogue is left out.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { download, drop, dropFiles, launch, open, paste, sealed, watchedPage } from "./support/browser.mjs";
import { keepOnDisk, onDisk, openFromDisk, write } from "./support/disk.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, SECRET, clusters, sealedFile, stage } from "./support/scene.mjs";
import { DIST, serve } from "./support/server.mjs";

const scene = stage();

/** A page with a file on its disk, which is open. */
async function opened(t, text = sealedFile()) {
  const there = await scene(t, { opened: false });
  await keepOnDisk(there.page, text);
  await open(there.page, there.site.url);
  await openFromDisk(there.page);
  return there;
}

const save = (page) => page.locator("#result").getByRole("button", { name: "Save to db.yaml" });

async function says(page, words) {
  await page.locator("#result").getByText(words).waitFor();
}

test("what was opened is saved to the same file, and every byte that is not meant stays", async (t) => {
  const text = `\ufeff${sealedFile()}---\n# settings\nkind: ConfigMap\nmetadata: {name: a}`.replaceAll("\n", "\r\n");
  const { page, log } = await opened(t, text);
  await paste(page, "user=somebody\n");
  await save(page).click();
  await says(page, "Saved to db.yaml.");
  const [old, now] = [text.split("\r\n"), (await onDisk(page)).split("\r\n")];
  const other = old.flatMap((line, index) => (line === now[index] ? [] : [index]));
  assert.equal(now.length, old.length);
  assert.equal(other.length, 1);
  const [, value] = /^ {4}user: (\S+) # read only$/.exec(now[other[0]]);
  assert.equal(openValue(value, "payments/db", KEY.privateKey).toString(), "somebody");
  assert.deepEqual([log.violations, log.errors, log.console], [[], [], []]);
});

test("after saving the values are gone, and the next change is one of what is on the disk", async (t) => {
  const { page } = await opened(t);
  await page.getByRole("button", { name: "Rename user" }).click();
  await page.getByRole("textbox", { name: "New name of user" }).fill("USER");
  await paste(page, "password=battery staple\n");
  await page.locator(".verdict", { hasText: "1 value replaced, 1 renamed." }).waitFor();
  await save(page).click();
  await says(page, "Saved to db.yaml.");
  assert.equal(await page.locator("#secret").inputValue(), "");
  assert.equal(await page.getByRole("button", { name: "Replace USER" }).count(), 1);
  const first = await onDisk(page);
  await paste(page, "token=abc\n");
  await page.locator(".verdict", { hasText: /^1 value added\.$/ }).waitFor();
  await save(page).click();
  await says(page, "Saved to db.yaml.");
  const values = items(await onDisk(page));
  assert.deepEqual(Object.keys(values).sort(), ["USER", "ca.crt", "password", "token"]);
  assert.equal(values.password, items(first).password);
  assert.equal(openValue(values.password, "payments/db", KEY.privateKey).toString(), "battery staple");
  assert.equal(openValue(values.token, "payments/db", KEY.privateKey).toString(), "abc");
});

test("a file that changed on the disk is not overwritten, and can be downloaded all the same", async (t) => {
  const { page } = await opened(t);
  await paste(page, "token=abc\n");
  const others = sealedFile().replace("payments team", "platform team");
  await write(page, others);
  await save(page).click();
  await says(page, "The file was changed on the disk since it was opened here");
  assert.equal(await onDisk(page), others);
  assert.equal((await download(page)).name, "db.yaml");
  await write(page, sealedFile());
  await save(page).click();
  await says(page, "Saved to db.yaml.");
});

test("where writing is refused or fails, the page says which, and the file is as it was", async (t) => {
  for (const [script, words] of [
    [() => {
      FileSystemFileHandle.prototype.createWritable = () => Promise.reject(new DOMException("", "NotAllowedError"));
    }, "The browser was not allowed to write the file."],
    [() => {
      FileSystemFileHandle.prototype.createWritable = () => Promise.reject(new DOMException("", "NotFoundError"));
    }, "The file could not be written and is as it was."],
    [() => {
      FileSystemWritableFileStream.prototype.write = () => Promise.reject(new DOMException("", "QuotaExceededError"));
    }, "The file could not be written and is as it was."],
  ]) {
    const { page, log } = await opened(t);
    await page.evaluate(script);
    await paste(page, "token=abc\n");
    await save(page).click();
    await says(page, words);
    assert.equal(await onDisk(page), sealedFile());
    assert.deepEqual(log.errors, []);
  }
});

test("the keyboard saves, and stays with the result", async (t) => {
  const { page } = await opened(t);
  await paste(page, "token=abc\n");
  await save(page).focus();
  await page.keyboard.press("Enter");
  await says(page, "Saved to db.yaml.");
  assert.equal(await page.evaluate(() => document.activeElement.id), "result");
  await page.locator("#status", { hasText: "Saved to db.yaml." }).waitFor();
});

test("a dropped file is saved as well as a chosen one", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  await keepOnDisk(page, sealedFile());
  await open(page, site.url);
  // What is dropped by a test has no place on a disk.
  await page.evaluate(() => {
    DataTransferItem.prototype.getAsFileSystemHandle = async () => (await window.showOpenFilePicker())[0];
  });
  await drop(page, sealedFile());
  await page.locator("#set-by-file").waitFor();
  await paste(page, "token=abc\n");
  await save(page).click();
  await says(page, "Saved to db.yaml.");
  const { token } = items(await onDisk(page));
  assert.equal(openValue(token, "payments/db", KEY.privateKey).toString(), "abc");
});

test("of a dropped file the browser is asked for no handle unless its name is a SealedSecret's", async (t) => {
  const { page } = await scene(t);
  await page.evaluate(() => {
    window.asked = 0;
    DataTransferItem.prototype.getAsFileSystemHandle = () => {
      window.asked += 1;
      return Promise.resolve(null);
    };
  });
  await dropFiles(page, { id_ed25519: "no key\n" });
  await page.getByText("from the file id_ed25519").waitFor();
  await dropFiles(page, { "a.yaml": "one", "b.yaml": "two" });
  await page.getByText("from the file b.yaml").waitFor();
  assert.equal(await page.evaluate(() => window.asked), 0);
  await dropFiles(page, { "c.yaml": "three" });
  await page.getByText("from the file c.yaml").waitFor();
  assert.equal(await page.evaluate(() => window.asked), 1);
});

test("a plaintext Secret and a file that is no SealedSecret are only read", async (t) => {
  for (const text of [SECRET, "KEY=value\n", `${sealedFile()}---\n${SECRET}`]) {
    const there = await scene(t, { opened: false });
    await keepOnDisk(there.page, text);
    await open(there.page, there.site.url);
    await there.page.locator("#open-file").click();
    await there.page.waitForFunction(() => document.getElementById("secret").value !== "");
    await there.page.locator("#result[aria-busy=false]").waitFor();
    assert.equal(await there.page.getByRole("button", { name: /^Save/ }).count(), 0, text);
  }
});

test("who chooses no file has changed nothing", async (t) => {
  const { page, site, log } = await scene(t, { opened: false });
  await page.addInitScript(() => {
    window.showOpenFilePicker = () => Promise.reject(new DOMException("", "AbortError"));
  });
  await open(page, site.url);
  const before = await page.locator("body").innerText();
  await page.locator("#open-file").click();
  await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve); }));
  assert.equal(await page.locator("body").innerText(), before);
  assert.deepEqual([log.errors, log.console], [[], []]);
});

test("on plain http and from a disk nothing can be saved, and nothing is said of it", async (t) => {
  const site = await serve({ clusters: clusters() });
  t.after(() => site.close());
  const browser = await launch(["--host-resolver-rules=MAP seal.test 127.0.0.1"]);
  t.after(() => browser.close());
  for (const url of [site.url.replace("127.0.0.1", "seal.test"), pathToFileURL(join(DIST, "sealer.html")).href]) {
    const { page, context } = await watchedPage(browser);
    await open(page, url);
    assert.equal(await page.locator("#open-file").count(), 0, url);
    await drop(page, sealedFile());
    await page.locator("#set-by-file").waitFor();
    await page.getByRole("button", { name: "Remove ca.crt" }).click();
    await sealed(page);
    assert.equal(await page.locator(".save").count(), 0, url);
    await context.close();
  }
});

test("a file that was closed is not saved to by the next one", async (t) => {
  const { page } = await opened(t);
  await page.getByRole("button", { name: "Close file" }).click();
  await drop(page, sealedFile());
  await page.locator("#set-by-file").waitFor();
  await paste(page, "token=abc\n");
  await sealed(page);
  assert.equal(await page.getByRole("button", { name: /^Save/ }).count(), 0);
});
