// A new file is taken to the folder of its repository by a link: only when somebody presses it, only ciphertext, and whole.

import assert from "node:assert/strict";
import { test } from "node:test";

import { download, drop, open, paste, sealed } from "./support/browser.mjs";
import { CANARIES, canariesIn } from "./support/canaries.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, SECRET, clusters, sealedFile, stage } from "./support/scene.mjs";

const scene = stage();
const FOLDER = "https://github.com/acme/gitops/tree/main/clusters/prod";
const MANY = Array.from({ length: 20 }, (_, index) => `SETTING_${index}=value`).join("\n");

const inFolder = (folder) => ({ server: { clusters: clusters().map((each) => ({ ...each, folder })) } });

/** The address behind the link, in its parts. */
async function linked(page) {
  const { origin, pathname, searchParams } = new URL(await page.locator("#open-in").getAttribute("href"));
  return { form: origin + pathname, fields: Object.fromEntries(searchParams) };
}

async function names(page) {
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
}

test("the link opens the form for a new file with what would be downloaded, and that opens in the cluster", async (t) => {
  const { page } = await scene(t, inFolder(FOLDER));
  await paste(page, SECRET);
  await sealed(page);
  const { form, fields } = await linked(page);
  assert.equal(form, "https://github.com/acme/gitops/new/main/clusters/prod");
  const { name, text } = await download(page);
  assert.deepEqual(fields, { filename: name, value: text });
  assert.equal(openValue(items(fields.value).password, "payments/db", KEY.privateKey).toString(), "correct horse\n");
  const link = page.getByRole("link", { name: "Open in GitHub" });
  assert.equal(await link.getAttribute("target"), "_blank");
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  assert.match(await page.locator("#goes-to").innerText(), /takes the sealed file to github\.com/);
});

test("nothing goes there until somebody presses it, and then neither a value nor where it came from", async (t) => {
  const { page, context, log, site } = await scene(t, inFolder(FOLDER));
  await context.route("https://github.com/**", (route) => route.fulfill({ body: "the form", contentType: "text/plain" }));
  const [asked, served] = [log.requests.length, site.seen.length];
  await paste(page, `PASSWORD=${CANARIES[0]}\n`);
  await names(page);
  await sealed(page);
  const href = await page.locator("#open-in").getAttribute("href");
  assert.deepEqual(canariesIn(href), []);
  assert.deepEqual(log.requests.slice(asked), []);
  const [there] = await Promise.all([context.waitForEvent("page"), page.locator("#open-in").click()]);
  await there.waitForLoadState();
  const requests = log.requests.slice(asked);
  assert.deepEqual(requests.map(({ url }) => url), [href]);
  assert.equal(requests[0].headers.referer, undefined);
  assert.equal(await there.evaluate(() => window.opener), null);
  assert.deepEqual([log.violations, log.errors, log.console], [[], [], []]);
  assert.equal(site.seen.length, served);
  assert.equal(await page.locator("#requests-since").innerText(), "0");
});

test("the address follows what is sealed", async (t) => {
  const { page } = await scene(t, inFolder(FOLDER));
  await paste(page, SECRET);
  await sealed(page);
  await page.locator("#name").fill("cache");
  await page.locator(".verdict", { hasText: "only as cache" }).waitFor();
  assert.equal((await linked(page)).fields.filename, "payments-cache.sealedsecret.yaml");
});

test("a file that is too long for an address has no link, and the page says why", async (t) => {
  const { page } = await scene(t, inFolder(FOLDER));
  await paste(page, MANY);
  await names(page);
  await sealed(page);
  assert.equal(await page.locator("#open-in").count(), 0);
  assert.match(await page.locator("#goes-to").innerText(), /^It is too long to be taken to github\.com/);
});

test("a file that is changed has no link: there is no form for it", async (t) => {
  const { page } = await scene(t, inFolder(FOLDER));
  await drop(page, sealedFile());
  await paste(page, "token=abc");
  await sealed(page);
  assert.equal(await page.locator("#open-in, #goes-to").count(), 0);
});

test("a link's folder stands above the server's and is marked", async (t) => {
  const { page, site } = await scene(t, { ...inFolder(FOLDER), opened: false });
  await open(page, `${site.url}#folder=https://codeberg.org/acme/gitops/src/branch/main/teams`);
  await paste(page, SECRET);
  await sealed(page);
  assert.equal((await linked(page)).form, "https://codeberg.org/acme/gitops/_new/main/teams");
  assert.equal(await page.locator("#open-in").innerText(), "Open in codeberg.org");
  assert.match(await page.locator("#goes-to").innerText(), /codeberg\.org.*from a link$/);
});

test("a link with an address that is no folder's is not followed", async (t) => {
  for (const folder of ["http://github.com/a/b/tree/main", "https://me@github.com/a/b/tree/main", "javascript:alert(1)"]) {
    const { page, site } = await scene(t, { opened: false });
    await open(page, `${site.url}#folder=${folder}`);
    await page.locator("#link-problem", { hasText: "names no folder" }).waitFor();
  }
});

test("a mistake in the server's list costs the link and nothing else", async (t) => {
  for (const folder of ["javascript:alert(1)//a/b/tree/main", "https://example.com/", 7, null, {}]) {
    const { page, log } = await scene(t, inFolder(folder));
    await paste(page, SECRET);
    await sealed(page);
    assert.equal(await page.locator("#open-in, #goes-to").count(), 0, String(folder));
    assert.deepEqual(log.errors, []);
  }
});
