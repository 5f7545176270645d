// Takes pictures of every state of the page, light and dark, wide and narrow: one sheet of four for each state.
//
//   node pictures.mjs --out DIR [--state STATE]
//
// Serves dist/ itself. Prints how many sheets were made and what they weigh, as JSON.

import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { readArguments } from "./support/arguments.mjs";
import { launch, watchedPage } from "./support/browser.mjs";
import { clusters } from "./support/scene.mjs";
import { serve } from "./support/server.mjs";
import { STATES, arrive, fileName } from "./support/states.mjs";

/** Width and height of the window; how large the picture is on the sheet. */
const WINDOWS = [{ width: 1280, height: 900, scale: 0.5 }, { width: 320, height: 640, scale: 0.6 }];
const QUALITY = 0.5;

async function main() {
  const { out, state: only } = readArguments(["out", "state"], ["out"]);
  await mkdir(out, { recursive: true });
  const browser = await launch();
  let bytes = 0;
  const names = Object.keys(STATES).filter((name) => only === undefined || name === only);
  try {
    for (const name of names) {
      const sheet = await sheetOf(browser, STATES[name]);
      writeFileSync(join(out, fileName(name, "webp")), sheet);
      bytes += sheet.length;
    }
  } finally {
    await browser.close();
  }
  console.log(JSON.stringify({ sheets: names.length, bytes }));
}

async function sheetOf(browser, state) {
  const site = await serve({ clusters: clusters(), ...state.server });
  const { page, context } = await watchedPage(browser, { ...state.context, viewport: WINDOWS[0] });
  try {
    await arrive(page, site.url, state);
    const pictures = [];
    for (const { width, height, scale } of WINDOWS) {
      for (const colorScheme of ["light", "dark"]) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await page.evaluate(() => window.scrollTo(0, 0));
        // As high as the page: the bar at the bottom of the window is seen below it and not in the middle of it.
        const whole = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.setViewportSize({ width, height: Math.max(height, whole) });
        const picture = await page.screenshot({ animations: "disabled", caret: "hide" });
        pictures.push({ scale, source: `data:image/png;base64,${picture.toString("base64")}` });
      }
    }
    // Another page draws them: this one's policy forbids pictures.
    const easel = await context.newPage();
    return Buffer.from(await easel.evaluate(drawn, { pictures, quality: QUALITY }), "base64");
  } finally {
    await context.close();
    await site.close();
  }
}

/** Runs in a page: the wide ones one above the other, the narrow ones beside them, as WebP in base64. */
async function drawn({ pictures, quality }) {
  const images = await Promise.all(pictures.map(async ({ scale, source }) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    return { image, width: Math.round(image.width * scale), height: Math.round(image.height * scale) };
  }));
  const canvas = document.createElement("canvas");
  const [light, dark, ...narrow] = images;
  canvas.width = light.width + narrow.reduce((sum, { width }) => sum + width, 0);
  canvas.height = Math.max(light.height + dark.height, ...narrow.map(({ height }) => height));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "gray";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(light.image, 0, 0, light.width, light.height);
  context.drawImage(dark.image, 0, light.height, dark.width, dark.height);
  let left = light.width;
  for (const { image, width, height } of narrow) {
    context.drawImage(image, left, 0, width, height);
    left += width;
  }
  return canvas.toDataURL("image/webp", quality).split(",")[1];
}

await main();
