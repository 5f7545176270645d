// Does as a person would: opens the page, pastes a Secret, waits for the result and downloads it.
//
//   node person.mjs --url URL --secret FILE --out DIR [--certificate FILE] [--screenshot-dir DIR]
//
// Prints {"file": PATH, "screenshots": [PATH, ...]} as JSON.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { readArguments } from "./support/arguments.mjs";
import { download, launch, open, paste, sealed, watchedPage } from "./support/browser.mjs";

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 640 };

async function main() {
  const chosen = readArguments(
    ["url", "secret", "out", "certificate", "screenshot-dir"],
    ["url", "secret", "out"],
  );
  await mkdir(chosen.out, { recursive: true });
  const browser = await launch();
  try {
    const { page, log } = await watchedPage(browser, { viewport: WIDE });
    await open(page, chosen.url);
    if (chosen.certificate) await bring(page, readFileSync(chosen.certificate, "utf8"));
    await paste(page, readFileSync(chosen.secret, "utf8"));
    await sealed(page);
    const screenshots = chosen["screenshot-dir"] ? await pictures(page, chosen["screenshot-dir"]) : [];
    const { name, file } = await download(page);
    const target = resolve(chosen.out, name);
    await file.saveAs(target);
    const wrong = [...log.errors, ...log.violations];
    if (wrong.length > 0) throw new Error(`the page reported: ${wrong.join("; ")}`);
    console.log(JSON.stringify({ file: target, screenshots }));
  } finally {
    await browser.close();
  }
}

/** Seals for another key than the server's. */
async function bring(page, pem) {
  await page.locator("#change").click();
  await page.locator("#certificate").fill(pem);
  const { fingerprint256 } = new X509Certificate(pem);
  await page.locator("#fingerprint", { hasText: fingerprint256 }).waitFor({ state: "attached" });
}

/** The sealed page, light and dark, whole where it is wide. The pasted text is masked in them. */
async function pictures(page, folder) {
  await mkdir(folder, { recursive: true });
  await page.locator("#mask").click();
  const files = [];
  for (const [width, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.evaluate(() => window.scrollTo(0, 0));
      const path = resolve(join(folder, `page-${colorScheme}-${width}.png`));
      await page.screenshot({ path, fullPage: width === "wide", animations: "disabled" });
      files.push(path);
    }
  }
  await page.setViewportSize(WIDE);
  return files;
}

await main();
