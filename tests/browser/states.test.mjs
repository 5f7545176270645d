// Every state of the page: axe finds nothing in it, nothing overflows however narrow or large it is shown, everything that
// can be pressed is large enough, and what screen readers get is what was looked at once (`states/*.yaml`).
//
// `SEALWRIGHT_STATES=write node --test states.test.mjs` writes what is to be looked at.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import AxeBuilder from "@axe-core/playwright";

import { stage } from "./support/scene.mjs";
import { STATES, enter, fileName } from "./support/states.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SEEN = join(import.meta.dirname, "states");
const WRITES = process.env.SEALWRIGHT_STATES === "write";

/** WCAG 1.4.12: what readers may set, and nothing may be lost. */
const SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }";

/** 640 px are 1280 px at a zoom of 200 %. */
const WIDTHS = [1280, 640, 320];

const scene = stage();

async function axe(page, what) {
  // There are no frames, for which another mode would open a page of its own each time.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(TAGS).analyze();
  assert.deepEqual(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" ")}`), [], what);
}

function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

function smallTargets(page) {
  return page.locator("button, a[href]:not(.skip), summary, select, textarea, input[type=text], .scope").evaluateAll((all) => all
    .filter((each) => each.checkVisibility())
    .map((each) => ({ text: each.id || each.textContent, box: each.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 24 || box.height < 24)
    .map(({ text, box }) => `${text}: ${box.width} × ${box.height}`));
}

/** Without what differs from run to run: fingerprints, keys, dates, ciphertexts, and what is announced a moment later. */
function lasting(snapshot) {
  return snapshot
    .replace(/-----BEGIN ([A-Z ]+)-----.*-----END \1-----/g, "PEM: $1")
    .replace(/\b[0-9A-F]{2}(:[0-9A-F]{2})+(:…:[0-9A-F]{2}(:[0-9A-F]{2})*)?/g, "FINGERPRINT")
    .replace(/\b\d{1,2} [A-Z]\w+ \d{4}\b|\b[A-Z]\w+ \d{1,2}, \d{4}\b/g, "DATE")
    .replace(/http:[^#\s]*#/g, "PAGE#")
    .replace(/(\?filename=[^&]*&value=)\S*/g, "$1SEALED")
    .replace(/cert=[0-9A-F]{64}/g, "cert=FINGERPRINT")
    .replace(/[A-Za-z0-9+/]{16,}=*(?=…)/g, "SEALED")
    .replace(/\d+ requests/, "SOME requests")
    .replace(/^- status.*$/m, "- status")
    .replace(/Sealwright \d+\.\d+\.\d+\S*/g, "Sealwright VERSION");
}

for (const [name, state] of Object.entries(STATES)) {
  test(`everybody can use it: ${name}`, async (t) => {
    const { page } = await enter(t, scene, state, { reducedMotion: "reduce", viewport: { width: 1280, height: 900 } });
    const file = join(SEEN, fileName(name, "yaml"));
    const snapshot = `${lasting(await page.locator("body").ariaSnapshot())}\n`;
    if (WRITES) writeFileSync(file, snapshot);
    assert.ok(existsSync(file), `${file} is missing: see above how it is written`);
    assert.equal(snapshot, readFileSync(file, "utf8"));

    for (const [width, colorScheme] of [[1280, "light"], [320, "dark"]]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await axe(page, `${colorScheme}, ${width} px`);
    }
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await overflow(page) <= 0, `${width} px: ${await overflow(page)} px too wide`);
      assert.deepEqual(await smallTargets(page), [], `${width} px`);
    }
    await page.evaluate((css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [sheet];
    }, SPACING);
    assert.ok(await overflow(page) <= 0, `with wide spacing: ${await overflow(page)} px too wide`);
  });
}

test("every snapshot is one of a state", () => {
  assert.deepEqual(readdirSync(SEEN).sort(), Object.keys(STATES).map((name) => fileName(name, "yaml")).sort());
});
