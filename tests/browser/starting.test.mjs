// Loading: what is not as published is not started, and the reason is said; a paste made meanwhile is kept.

import assert from "node:assert/strict";
import { test } from "node:test";

import { paste, ready, sealed } from "./support/browser.mjs";
import { KEY, SECRET, stage } from "./support/scene.mjs";

const scene = stage();

function flipped(wanted) {
  return (name, bytes) => {
    if (!wanted.test(name)) return undefined;
    const copy = Buffer.from(bytes);
    // In the middle of a comment, a string or an instruction: it must not matter where.
    copy[Math.floor(copy.length / 2)] ^= 1;
    return copy;
  };
}

for (const [part, wanted] of [["wasm", /\.wasm$/], ["glue", /^web-ui-.*\.js$/]]) {
  test(`one flipped bit in the ${part} keeps the page from starting, and it says so`, async (t) => {
    const { page, site } = await scene(t, { server: { change: flipped(wanted) }, opened: false });
    await page.goto(site.url);
    await page.locator("#failed-changed").waitFor();
    assert.match(await page.locator("#failed-changed").innerText(), /not, byte for byte, what this page was published with/);
    assert.equal(await page.locator("#app").innerHTML(), "");
  });
}

test("one flipped bit in boot.js starts nothing", async (t) => {
  const { page, site, log } = await scene(t, { server: { change: flipped(/^boot-/) }, opened: false });
  await page.goto(site.url, { waitUntil: "load" });
  assert.equal(await page.locator("#app").innerHTML(), "");
  assert.ok(log.console.some((line) => line.includes("integrity")), log.console.join("\n"));
});

test("a part that does not come is told apart from one that was changed", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  await page.route(/\.wasm$/, (route) => route.abort());
  await page.goto(site.url);
  await page.locator("#failed-missing").waitFor();
});

test("where a policy forbids WebAssembly, the page says what has to be allowed", async (t) => {
  const policy = (text) => text.replace(" 'wasm-unsafe-eval'", "");
  const { page, site } = await scene(t, { server: { policy }, opened: false });
  await page.goto(site.url);
  await page.locator("#failed-blocked").waitFor();
  assert.match(await page.locator("#failed-blocked").innerText(), /wasm-unsafe-eval/);
});

test("a browser without WebAssembly is told so", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  await page.addInitScript(() => delete window.WebAssembly);
  await page.goto(site.url);
  await page.locator("#failed-no-wasm").waitFor();
});

test("without JavaScript the page says what it needs", async (t) => {
  const { context, site } = await scene(t, { context: { javaScriptEnabled: false }, opened: false });
  const page = await context.newPage();
  await page.goto(site.url);
  assert.match(await page.locator("noscript").innerText(), /needs JavaScript and WebAssembly/);
});

test("what is pasted while the code is loading is kept, with focus and selection, and sealed", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(site.url, { waitUntil: "commit" });
  await paste(page, SECRET);
  await page.locator("#secret").evaluate((area) => area.setSelectionRange(3, 9));
  release();
  await ready(page);
  await sealed(page);
  const state = await page.evaluate(() => {
    const area = document.getElementById("secret");
    return { focused: document.activeElement === area, start: area.selectionStart, end: area.selectionEnd };
  });
  assert.deepEqual(state, { focused: true, start: 3, end: 9 });
  assert.equal(await page.locator("#secret").count(), 1);
});

test("a certificate that does not come in time leaves a page that asks for it", async (t) => {
  const { page, site } = await scene(t, { server: { hold: ["cert.pem"] }, opened: false });
  await page.clock.install();
  await page.goto(site.url);
  await page.evaluate(() => undefined);
  await ready(page);
  await page.getByText("The cluster's certificate could not be fetched.").waitFor();
  await page.locator("#certificate").fill(KEY.pem);
  await paste(page, SECRET);
  await sealed(page);
});

test("the foot of the page names the version and the build", async (t) => {
  const { page } = await scene(t);
  const build = await page.locator("html").getAttribute("data-build");
  assert.match(build, /^[0-9a-f]{16}$/);
  assert.match(await page.locator("footer").innerText(), new RegExp(`Sealwright \\d+\\.\\d+\\.\\d+\\+${build}$`));
});

test("the page works below any path", async (t) => {
  const { page, site } = await scene(t, { server: { under: "/some/where/" } });
  assert.match(site.url, /\/some\/where\/$/);
  await paste(page, SECRET);
  await sealed(page);
});

test("the remembered theme is there before the first paint", async (t) => {
  const { page, site } = await scene(t);
  await page.getByRole("button", { name: "Theme: system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await page.route(/\.wasm$/, (route) => route.abort());
  await page.goto(site.url);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
});
