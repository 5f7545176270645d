// `.env` files as people write them (`vectors/dotenv`), which the core's own tests read too: the page seals the same bytes out of
// them, in both dialects, and refuses the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { download } from "./support/browser.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, stage } from "./support/scene.mjs";

const CORPUS = join(import.meta.dirname, "../../vectors/dotenv");
const read = (name) => readFileSync(join(CORPUS, name), "utf8");
const CASES = JSON.parse(read("results.json"));
const DIFFERENCES = JSON.parse(read("differences.json"));

/** Where the page differs from the core: a box for text knows one kind of line break. */
const LINE_BREAKS = {
  "doubled-carriage-return.env": { A: "1", B: "2" },
  "old-mac.env": { A: "1", B: "2", C: "3" },
};
/** Nothing to seal is no mistake of the text. */
const NOTHING = { "empty-file.env": /^Paste a secret/, "only-comments.env": /^The text needs a correction first\.$/ };

const scene = stage();

/** The values in base64; `null`: it is refused. */
function expected({ file, ...results }, dialect) {
  const listed = DIFFERENCES.find((each) => each.file === file && each.dialect === dialect);
  const reads = LINE_BREAKS[file] ?? listed?.reads;
  if (reads) return Object.fromEntries(Object.entries(reads).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
  return listed ? null : results[dialect].values ?? null;
}

/** What was sealed, opened again; in base64. */
async function opened(page) {
  const sealed = items((await download(page)).text);
  return Object.fromEntries(Object.entries(sealed).map(([key, value]) =>
    [key, openValue(value, "payments/db", KEY.privateKey).toString("base64")]));
}

for (const [index, dialect] of ["godotenv", "docker"].entries()) {
  test(`every file is sealed as ${dialect} reads it, or refused with what to do`, async (t) => {
    const { page } = await scene(t);
    await page.locator("#namespace").fill("payments");
    await page.locator("#name").fill("db");
    await page.locator("#secret").fill("A=1");
    await page.locator("#dialect").selectOption({ index });
    let refused = 0;
    for (const each of CASES) {
      await t.test(each.file, async () => {
        await page.locator("#secret").fill(read(each.file));
        // Whoever leaves the box meets nothing of the text before.
        await page.locator("#secret").blur();
        await page.locator("#result[aria-busy=false]").waitFor();
        const values = expected(each, dialect);
        if (each.file in NOTHING) {
          assert.match(await page.locator(".verdict").innerText(), NOTHING[each.file]);
          return;
        }
        if (values) {
          assert.deepEqual(await opened(page), values);
          return;
        }
        refused += 1;
        const words = await page.locator("#secret-problem").innerText();
        assert.match(words, /^(Line \d+, column \d+: |This is neither a Secret manifest nor KEY=value lines\.)/);
        assert.equal(await page.locator("#download").count(), 0);
      });
    }
    assert.ok(CASES.length > 70 && refused > 10, `${CASES.length} files, ${refused} refused`);
  });
}
