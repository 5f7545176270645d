// Files as people write them (`vectors/merge`), which the core's own tests read too: the page makes the same of them, byte for byte.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { download, drop, sealed } from "./support/browser.mjs";
import { openValue } from "./support/open.mjs";
import { KEY, stage } from "./support/scene.mjs";

const CORPUS = join(import.meta.dirname, "../../vectors/merge");
const VALUES = { "new password": "AQNewPassword=", "new token": "AQNewToken=" };
// What the SealedSecrets of the corpus are bound to, by their scopes.
const LABELS = ["payments/db", "payments", ""];

const scene = stage();

/** Puts the corpus's words in the place of what was sealed, which never comes out the same twice. */
function withWords(text) {
  return text.replace(/[A-Za-z0-9+/]{300,}=*/g, (value) => {
    for (const label of LABELS) {
      try {
        return VALUES[openValue(value, label, KEY.privateKey)];
      } catch {
        // Bound to another label.
      }
    }
    return value;
  });
}

test("every file of the corpus is changed as the core changes it, or refused as it refuses", async (t) => {
  const { page } = await scene(t);
  const folders = readdirSync(CORPUS).sort();
  for (const folder of folders) {
    await t.test(folder, async () => {
      const name = ["before.yaml", "before.json"].find((each) => existsSync(join(CORPUS, folder, each)));
      const read = (file) => readFileSync(join(CORPUS, folder, file), "utf8");
      await drop(page, read(name), name);
      const known = page.locator("#set-by-file, #secret-problem").first();
      await known.waitFor();
      const isRefused = existsSync(join(CORPUS, folder, "refused.txt"));
      if (await page.locator("#set-by-file").isVisible()) {
        const documents = page.locator("#document");
        if (await documents.count() > 0) await documents.selectOption("db in payments");
        await page.locator("#secret").fill("password=new password\ntoken=new token\n");
        await page.locator("#download, #result-problem, #namespace-need").first().waitFor();
        if (await page.locator("#namespace-need").isVisible()) await page.locator("#namespace").fill("payments");
      }
      if (isRefused) {
        const problem = page.locator("#secret-problem, #result-problem").first();
        await problem.waitFor();
        assert.match(await problem.innerText(), /^Line \d+, column \d+: /);
        assert.equal(await page.locator("#download").count(), 0);
      } else {
        await sealed(page);
        const { text } = await download(page);
        assert.equal(withWords(text), read(name.replace("before", "after")));
      }
      await page.locator("#start-over").click();
      await page.getByText("Paste a secret; the sealed file appears here.").waitFor();
    });
  }
  assert.ok(folders.length > 50);
});
