// Measures the page in Chromium: how long sealing takes, what the first load weighs, how soon the page is usable on a slow
// line and a slow machine, and how many steps a person needs.
//
//   node measure.mjs [--url URL]
//
// Without an address it serves dist/ itself. `seal_*_ms`: reading the text and sealing it, as the page itself records it.
// `paste_to_result_*_ms`: from the paste to the result in the document; a box with 1 MiB in one line keeps the browser's
// layout busy for longer than sealing. The best of a few each. The certificate is RSA-4096. `usable_*_ms`: from the
// navigation to the page that seals, with nothing in any cache; the median.

import { readArguments } from "./support/arguments.mjs";
import { launch, open, paste, sealed, watchedPage } from "./support/browser.mjs";
import { CANARIES, CANARY_SECRET, canariesIn } from "./support/canaries.mjs";
import { makeCertificate } from "./support/certificate.mjs";
import { collectGarbage, heapStrings, rendererMemory } from "./support/memory.mjs";
import { longestTasks, usable } from "./support/slow.mjs";
import { steps } from "./support/steps.mjs";
import { clusters } from "./support/scene.mjs";
import { serve } from "./support/server.mjs";

const ROUNDS = 7;

async function main() {
  const { url } = readArguments(["url"], []);
  const key = makeCertificate({ bits: 4096 });
  const site = url ? { url, close: () => undefined } : await serve({ clusters: clusters(key) });
  const browser = await launch();
  try {
    const figures = {
      browser: `Chromium ${browser.version()}`,
      load: await load(browser, site.url),
      ...await sealing(browser, site.url, key.pem),
      usable: await usable(browser, site.url),
      longest_task: await longestTasks(browser, site.url),
      steps: await steps(browser, site.url),
      heap: await heap(browser, site.url),
    };
    console.log(JSON.stringify(figures));
  } finally {
    await browser.close();
    await site.close();
  }
}

/** What the first load is made of. */
async function load(browser, url) {
  const { page, context } = await watchedPage(browser);
  await open(page, url);
  const figures = await page.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const parts = entries.filter(({ name }) => !name.includes("favicon"));
    return {
      requests: parts.length,
      transferred_bytes: entries.reduce((sum, entry) => sum + entry.transferSize, 0),
    };
  });
  await context.close();
  return figures;
}

async function sealing(browser, url, pem) {
  const { page, context, log } = await watchedPage(browser);
  await open(page, url);
  if (await page.locator("#change").isVisible()) await page.locator("#change").click();
  await page.locator("#certificate").fill(pem);
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  const small = await best(page, (round) => `PASSWORD=hunter${round}`);
  const twenty = await best(page, (round) => lines(20, round));
  const large = await best(page, (round) => `FILE=${String(round).repeat(1 << 20)}`);
  const wrong = [...log.errors, ...log.violations];
  if (wrong.length > 0) throw new Error(`the page reported: ${wrong.join("; ")}`);
  await context.close();
  return {
    seal_small_ms: small.seal,
    seal_20_keys_ms: twenty.seal,
    seal_1_mib_ms: large.seal,
    paste_to_result_small_ms: small.paste,
    paste_to_result_20_keys_ms: twenty.paste,
    paste_to_result_1_mib_ms: large.paste,
  };
}

/** How many of 64 values are still in JavaScript's heap, and anywhere in its process, once they are sealed and cleared away. */
async function heap(browser, url) {
  const { page, context } = await watchedPage(browser);
  await open(page, url);
  await paste(page, CANARY_SECRET);
  await sealed(page);
  await page.locator("#wipe").click();
  await page.waitForFunction(() => document.getElementById("secret").value === "");
  await collectGarbage(context, page);
  // First, since the snapshot of the heap copies its strings.
  const inProcess = new Set();
  const isRead = await rendererMemory(browser, (piece) => valuesIn(piece).forEach((value) => inProcess.add(value)));
  const found = new Set(valuesIn((await heapStrings(context, page)).join("\n")));
  await context.close();
  return {
    values_sealed: CANARIES.length,
    values_found: found.size,
    values_in_process: isRead ? inProcess.size : null,
  };
}

/** The numbers of the values in there, however they are written. */
function valuesIn(content) {
  return canariesIn(content).map((each) => each.split(" ")[1]);
}

function lines(count, round) {
  return Array.from({ length: count }, (_, index) => `KEY_${index}=value ${round} ${index}`).join("\n");
}

/** Pastes a new text in each round and gives the shortest times. */
async function best(page, text) {
  const times = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    times.push(await page.evaluate(pasteAndWait, text(round)));
  }
  const least = (name) => Math.round(Math.min(...times.map((time) => time[name])) * 10) / 10;
  return { seal: least("seal"), paste: least("paste") };
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
        const paste = performance.now() - start;
        const parts = ["read", "seal"].map((name) => performance.getEntriesByName(name, "measure")[0].duration);
        resolve({ paste, seal: parts[0] + parts[1] });
      }
    });
    observer.observe(document.getElementById("app"), { childList: true, subtree: true, characterData: true });
    waiting = document.getElementById("yaml") === null;
    const start = performance.now();
    area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
  });
}

await main();
