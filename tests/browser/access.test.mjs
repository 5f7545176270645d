// What everybody needs beside what `states.test.mjs` looks at in every state: nothing moves against their wish, forced colours hide
// nothing, and the skip link leads somewhere.

import assert from "node:assert/strict";
import { test } from "node:test";

import { paste, sealed } from "./support/browser.mjs";
import { SECRET, stage } from "./support/scene.mjs";

const scene = stage();

test("the skip link moves the focus to the result and leaves the address alone", async (t) => {
  const { page, site } = await scene(t);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "result");
  assert.equal(page.url(), site.url);
});

test("a scope is chosen by arrow keys", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET);
  await sealed(page);
  await page.locator("#scope-strict").focus();
  await page.keyboard.press("ArrowDown");
  await page.locator(".verdict", { hasText: "under any name in payments" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "scope-namespace-wide");
});

test("nothing moves for those who asked for no motion, and something does for others", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET);
  await sealed(page);
  const moving = () => page.evaluate(() => [...document.querySelectorAll("*")].filter((each) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(each);
    return transitionDuration.split(", ").some((time) => time !== "0s") || animationName !== "none" || scrollBehavior === "smooth";
  }).length);
  assert.ok(await moving() > 0);
  await page.emulateMedia({ reducedMotion: "reduce" });
  assert.equal(await moving(), 0);
});

/** What of an element somebody sees who has chosen their own colours. */
const seen = (locator) => locator.evaluate((each) => {
  const { color, backgroundColor, borderTopColor, borderTopStyle, outlineStyle } = getComputedStyle(each);
  return { color, backgroundColor, borderTopColor, borderTopStyle, outlineStyle };
});

test("with forced colours, what is chosen, pressed or wrong still looks different", async (t) => {
  const { page } = await scene(t, { context: { forcedColors: "active" } });
  await paste(page, SECRET);
  await sealed(page);
  const [chosen, other] = [page.locator(".scope:has(:checked)"), page.locator(".scope:not(:has(:checked))").first()];
  assert.notDeepEqual(await seen(chosen), await seen(other));
  const mask = page.locator("#mask");
  const before = await seen(mask);
  await mask.click();
  await page.locator("#mask[aria-pressed=true]").waitFor();
  await page.locator("#name").focus();
  assert.notDeepEqual(await seen(mask), before);
  const right = await seen(page.locator("#secret"));
  await page.locator("#secret").fill("hello");
  await page.locator("#secret[aria-invalid]").waitFor();
  await page.locator("#name").focus();
  assert.notDeepEqual(await seen(page.locator("#secret")), right);
});
