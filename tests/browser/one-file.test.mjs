// The page as one file, opened from the disk: it seals without a network, asks for nothing, keeps nothing, and does not
// run where a byte of it was changed.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { download, launch, open, paste, ready, sealed, watchedPage } from "./support/browser.mjs";
import { bundled, folder, unsealed } from "./support/programs.mjs";
import { KEY, SECRET, stage } from "./support/scene.mjs";
import { DIST, fingerprint, serve } from "./support/server.mjs";

// What can be attached and mailed without a thought. Most of it is the wasm: gzip, which every browser can inflate,
// and a third on top for base64.
const BYTES = 410_000;

const FILE = join(DIST, "sealer.html");
const scene = stage();

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** A page for a file that is changed as told, and the file's address. */
async function fromDisk(t, change = (html) => html, context = { offline: true }) {
  const path = join(folder(t), "sealer.html");
  writeFileSync(path, change(readFileSync(FILE, "utf8")));
  const watched = await watchedPage(browser, context);
  t.after(() => watched.context.close());
  return { ...watched, url: pathToFileURL(path).href };
}

test("from the disk, without a network: a pasted Secret becomes a file that kubeseal opens", async (t) => {
  const { page, log, url } = await fromDisk(t, () => bundled(t, KEY.pem));
  await open(page, url);
  assert.equal(await page.locator("#fingerprint").textContent(), fingerprint(KEY.der));
  assert.match(await page.locator(".cert").innerText(), /from prod-eu, in this file/);
  await paste(page, SECRET);
  await sealed(page);
  const { text } = await download(page);
  assert.deepEqual(unsealed(t, text, KEY.privateKey), { password: "correct horse\n", user: "payments" });
  assert.deepEqual(log.requests.map((request) => request.url).filter((each) => !each.startsWith("blob:")), [url]);
  assert.equal(await page.locator("#requests").innerText(), "0");
  assert.equal(await page.locator("#requests-since").innerText(), "0");
  assert.deepEqual([log.violations, log.errors, log.console], [[], [], []]);
});

test("without a certificate inside it asks for one", async (t) => {
  const { page, url } = await fromDisk(t);
  await open(page, url);
  await paste(page, SECRET);
  await page.getByText("To seal, this page needs the cluster's certificate. It is public.").waitFor();
  await page.locator("#certificate").fill(KEY.pem);
  await sealed(page);
});

test("its policy refuses every request and every other script, to a script of its own too", async (t) => {
  const site = await serve();
  t.after(() => site.close());
  const { page, log, url } = await fromDisk(t, undefined, {});
  await open(page, url);
  const refused = await page.evaluate(async (server) => {
    const element = (name, attributes) => new Promise((resolve) => {
      const made = Object.assign(document.createElement(name), attributes);
      made.onload = () => resolve("came");
      made.onerror = () => resolve("refused");
      document.head.append(made);
    });
    const script = document.createElement("script");
    let trusted = "came";
    try {
      script.textContent = "window.ran = true";
      document.head.append(script);
    } catch {
      trusted = "refused";
    }
    return {
      fetch: await fetch(server).then(() => "came", () => "refused"),
      image: await element("img", { src: `${server}a.png` }),
      style: await element("link", { rel: "stylesheet", href: `${server}a.css` }),
      inline: window.ran ? "came" : trusted,
    };
  }, site.url);
  assert.deepEqual(refused, { fetch: "refused", image: "refused", style: "refused", inline: "refused" });
  for (const directive of ["connect-src", "img-src", "style-src"]) {
    assert.ok(log.violations.some((violation) => violation.startsWith(directive)), `${directive}: ${log.violations}`);
  }
  assert.deepEqual(site.seen, []);
});

test("a changed script does not run", async (t) => {
  const { page, log, url } = await fromDisk(t, (html) => html.replace("let reason =", "let reason  ="));
  await page.goto(url);
  assert.equal(await page.locator("#app").innerHTML(), "");
  assert.ok(log.console.some((line) => /script-src/.test(line)), log.console.join("\n"));
});

test("an added script does not run", async (t) => {
  const added = "<script>document.title = 'taken'</script></body>";
  const { page, url } = await fromDisk(t, (html) => html.replace("</body>", added));
  await open(page, url);
  assert.equal(await page.title(), "Sealwright");
});

for (const [what, change] of [
  ["changed", (html) => {
    const at = html.indexOf('id="code">') + 100_000;
    return html.slice(0, at) + (html[at] === "A" ? "B" : "A") + html.slice(at + 1);
  }],
  ["cut off", (html) => html.slice(0, html.indexOf('id="code">') + 100_000)],
]) {
  test(`code that was ${what} is not started, and the page says so`, async (t) => {
    const { page, url } = await fromDisk(t, change);
    await page.goto(url);
    await page.locator("#failed-cut").waitFor();
    assert.equal(await page.locator("#app").innerHTML(), "");
  });
}

test("it remembers nothing, the theme neither", async (t) => {
  const { page, url } = await fromDisk(t);
  await open(page, url);
  await page.getByRole("button", { name: "Theme: system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  await page.reload();
  await ready(page);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
});

test("the served page offers it, and the lock lets it be downloaded", async (t) => {
  const { page, log } = await scene(t);
  const link = page.getByRole("link", { name: "Download this page as one file" });
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.equal(file.suggestedFilename(), "sealer.html");
  assert.ok(readFileSync(await file.path()).equals(readFileSync(FILE)));
  assert.deepEqual(log.violations, []);
});

test("it is small enough to be handed around", () => {
  const { length } = readFileSync(FILE);
  assert.ok(length <= BYTES, `${length} bytes`);
});
