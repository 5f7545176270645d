// Measures the page in Chromium: how long sealing takes and what the first load weighs.
//
//   node measure.mjs --url URL
//
// Times are from the paste to the result in the document, the best of a few. The certificate is RSA-4096.

import { readArguments } from "./support/arguments.mjs";
import { launch, open, watchedPage } from "./support/browser.mjs";
import { makeCertificate } from "./support/certificate.mjs";

const ROUNDS = 7;

async function main() {
  const { url } = readArguments(["url"], ["url"]);
  const browser = await launch();
  try {
    const { page, log } = await watchedPage(browser);
    await open(page, url);
    const load = await page.evaluate(() => {
      const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
      return {
        requests: entries.length,
        transferred_bytes: entries.reduce((sum, entry) => sum + entry.transferSize, 0),
        usable_ms: Math.round(performance.now()),
      };
    });
    const { pem } = makeCertificate({ bits: 4096 });
    if (await page.locator("#change").isVisible()) await page.locator("#change").click();
    await page.locator("#certificate").fill(pem);
    await page.locator("#namespace").fill("payments");
    await page.locator("#name").fill("db");
    const seal_small_ms = await best(page, (round) => `PASSWORD=hunter${round}`);
    const seal_20_keys_ms = await best(page, (round) => lines(20, round));
    const seal_1_mib_ms = await best(page, (round) => `FILE=${String(round).repeat(1 << 20)}`);
    const wrong = [...log.errors, ...log.violations];
    if (wrong.length > 0) throw new Error(`the page reported: ${wrong.join("; ")}`);
    console.log(JSON.stringify({ load, seal_small_ms, seal_20_keys_ms, seal_1_mib_ms }));
  } finally {
    await browser.close();
  }
}

function lines(count, round) {
  return Array.from({ length: count }, (_, index) => `KEY_${index}=value ${round} ${index}`).join("\n");
}

/** Pastes a new text in each round and gives the shortest time until its result stands in the document. */
async function best(page, text) {
  const times = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    times.push(await page.evaluate(pasteAndWait, text(round)));
  }
  return Math.round(Math.min(...times) * 10) / 10;
}

/** Runs in the page. Reading by a MutationObserver: a timer would add its own delay. */
function pasteAndWait(text) {
  const area = document.getElementById("secret");
  area.value = text;
  return new Promise((resolve) => {
    let waiting = false;
    const observer = new MutationObserver(() => {
      const isSealed = document.getElementById("yaml") !== null;
      if (!isSealed) waiting = true;
      if (waiting && isSealed) {
        observer.disconnect();
        resolve(performance.now() - start);
      }
    });
    observer.observe(document.getElementById("app"), { childList: true, subtree: true, characterData: true });
    waiting = document.getElementById("yaml") === null;
    const start = performance.now();
    area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
  });
}

await main();
