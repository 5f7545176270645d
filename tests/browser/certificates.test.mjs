// Certificates, good and bad: what can't be sealed for is refused with the reason, and a private key is not kept.

import assert from "node:assert/strict";
import { test } from "node:test";

import { download, open, paste, sealed, textOf } from "./support/browser.mjs";
import { makeCertificate } from "./support/certificate.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, SECRET, clusters, stage } from "./support/scene.mjs";
import { fingerprint } from "./support/server.mjs";

const scene = stage();

test("the certificate is shown with its whole fingerprint, age, validity and size", async (t) => {
  const { page } = await scene(t);
  const bar = await page.locator(".cert").innerText();
  assert.match(bar, /12 days old/);
  assert.match(bar, /valid to \d+ \w+ \d{4}/);
  assert.match(bar, /RSA 2048/);
  assert.match(bar, /from prod-eu, at load/);
  assert.equal(await page.locator("#fingerprint").textContent(), fingerprint(KEY.der));
});

test("a page without a certificate takes the text, says what it needs, and seals once it has it", async (t) => {
  const { page } = await scene(t, { server: { clusters: null } });
  await paste(page, SECRET);
  await page.getByText("To seal, this page needs the cluster's certificate. It is public.").waitFor();
  assert.equal(await page.locator("#download").count(), 0);
  await page.locator("#certificate").fill(KEY.pem);
  await sealed(page);
  assert.match(await page.locator(".cert").innerText(), /brought by you/);
});

test("a certificate can be chosen as a file", async (t) => {
  const { page } = await scene(t, { server: { clusters: null } });
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.locator("#bring").getByRole("button").click(),
  ]);
  await chooser.setFiles({ name: "cert.pem", mimeType: "text/plain", buffer: Buffer.from(KEY.pem) });
  await page.locator("#fingerprint", { hasText: fingerprint(KEY.der) }).waitFor({ state: "attached" });
});

const EC = makeCertificate({ curve: "P-256" }).pem;
const OTHER = makeCertificate();

for (const [what, pem, words] of [
  ["an expired certificate", makeCertificate({ days: -1, startedDaysAgo: 40 }).pem,
    /This certificate expired on \d+ \w+ \d{4}.*current one/s],
  ["an EC certificate", EC, /not RSA, which sealing needs/],
  ["a key of 1024 bits", makeCertificate({ bits: 1024 }).pem, /1024 bits; sealing needs 2048 to 8192/],
  ["a cut certificate", KEY.pem.slice(0, 400), /malformed/],
  ["a changed certificate", KEY.pem.replace(/\n(\w{4})/, "\nAAAA"), /malformed/],
  ["something else", "hello", /There is no certificate in this text/],
]) {
  test(`${what} is refused, the reason stands beside the field, and the present one stays`, async (t) => {
    const { page } = await scene(t);
    await page.locator("#change").click();
    await page.locator("#certificate").fill(pem);
    const problem = page.locator("#certificate-problem");
    await problem.waitFor();
    assert.match(await problem.innerText(), words);
    assert.equal(await problem.getAttribute("role"), "alert");
    assert.equal(await page.locator("#certificate").getAttribute("aria-describedby"), "certificate-problem");
    assert.equal(await page.locator("#fingerprint").textContent(), fingerprint(KEY.der));
  });
}

test("a private key is refused, wiped from the field and named for what it is", async (t) => {
  const { page } = await scene(t);
  const key = OTHER.privateKey.export({ type: "pkcs8", format: "pem" });
  await page.locator("#change").click();
  for (const text of [key, OTHER.pem + key]) {
    await page.locator("#certificate").fill(text);
    await page.locator("#certificate-problem", { hasText: "That is a private key. It was not kept." }).waitFor();
    assert.equal(await page.locator("#certificate").inputValue(), "");
    assert.equal(await page.locator("#fingerprint").textContent(), fingerprint(KEY.der));
  }
});

test("of two certificates the first is sealed for, as kubeseal does", async (t) => {
  const { page } = await scene(t, { server: { clusters: null } });
  await page.locator("#certificate").fill(OTHER.pem + KEY.pem);
  await page.locator("#fingerprint").waitFor({ state: "attached" });
  assert.equal(await page.locator("#fingerprint").textContent(), fingerprint(OTHER.der));
});

test("a server's certificate that is not the announced one, or is no good, is not sealed for", async (t) => {
  for (const [certificate, announced, words] of [
    [KEY.pem, fingerprint(OTHER.der), /not the one that this server announces/],
    [EC, "", /not RSA, which sealing needs/],
    [null, "", /could not be fetched/],
  ]) {
    const list = [{ name: "prod-eu", certificate, fingerprint: announced }];
    const { page } = await scene(t, { server: { clusters: list } });
    assert.match(await page.locator("#certificate-problem").innerText(), words);
    await paste(page, SECRET);
    await page.getByText("To seal, this page needs the cluster's certificate.").waitFor();
  }
});

test("one of several clusters can be chosen, and its certificate came before the lock", async (t) => {
  const list = [...clusters(KEY, "prod-eu"), ...clusters(OTHER, "staging")];
  const { page, site } = await scene(t, { server: { clusters: list } });
  const served = site.seen.length;
  await paste(page, SECRET);
  await sealed(page);
  await page.locator("#change").click();
  await page.locator("#cluster").selectOption("staging");
  await page.locator(".verdict", { hasText: "by staging" }).waitFor();
  assert.equal(await page.locator("#fingerprint").textContent(), fingerprint(OTHER.der));
  assert.equal(site.seen.length, served);
});

test("another cluster gets a file of its own, which only that cluster opens", async (t) => {
  const list = [...clusters(KEY, "prod-eu"), ...clusters(OTHER, "staging"), { name: "gone", certificate: null }];
  const { page } = await scene(t, { server: { clusters: list } });
  await paste(page, SECRET);
  await sealed(page);
  await page.getByRole("checkbox", { name: "staging" }).check();
  const button = page.locator("#download", { hasText: "Download 2 files" });
  await button.waitFor();
  assert.equal(await page.locator("#beside input").count(), 1);
  const files = [];
  page.on("download", (file) => files.push(file));
  const second = new Promise((resolve) => page.on("download", () => files.length === 2 && resolve()));
  await button.click();
  await second;
  const names = files.map((file) => file.suggestedFilename());
  assert.deepEqual(names, ["payments-db.prod-eu.sealedsecret.yaml", "payments-db.staging.sealedsecret.yaml"]);
  for (const [file, [key, other]] of [[files[0], [KEY, OTHER]], [files[1], [OTHER, KEY]]]) {
    const sealedValues = items(await textOf(file));
    assert.deepEqual(Object.keys(sealedValues), ["password", "user"]);
    assert.equal(openValue(sealedValues.user, "payments/db", key.privateKey).toString(), "payments");
    assert.throws(() => openValue(sealedValues.user, "payments/db", other.privateKey));
  }
  await page.getByRole("checkbox", { name: "staging" }).uncheck();
  await page.locator("#download", { hasText: /^Download$/ }).waitFor();
  const alone = await download(page);
  assert.equal(alone.name, "payments-db.sealedsecret.yaml");
  assert.equal(alone.text, await textOf(files[0]));
});

test("a certificate that is another one than before is said until somebody expects it", async (t) => {
  const { page, context, site } = await scene(t);
  const changed = page.locator(".changed");
  assert.equal(await changed.count(), 0);
  // The same server with another key, as after a renewal.
  const renewed = clusters(OTHER);
  await context.route(/config\.json$|cert\.pem$/, (route) => route.request().url().endsWith(".pem")
    ? route.fulfill({ body: OTHER.pem })
    : route.fulfill({ json: { clusters: [{ ...renewed[0], certificate: "cert.pem" }] } }));
  for (const _ of ["first", "again"]) {
    await open(page, site.url);
    const words = await changed.innerText();
    assert.match(words, /The sealing key of prod-eu is another one than on \d+ \w+ \d{4}/);
    for (const { der } of [KEY, OTHER]) assert.ok(words.includes(fingerprint(der).slice(0, 8)), words);
  }
  await page.getByRole("button", { name: "Remember the new key" }).press("Enter");
  await changed.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "secret");
  await open(page, site.url);
  assert.equal(await changed.count(), 0);
  await context.unroute(/config\.json$|cert\.pem$/);
  await open(page, site.url);
  assert.match(await changed.innerText(), /prod-eu/);
});

test("of a certificate nothing but its fingerprint and the day is remembered, by path and cluster", async (t) => {
  const { page } = await scene(t, { server: { under: "/seal/" } });
  const stored = await page.evaluate(() => Object.entries(localStorage));
  assert.equal(stored.length, 1);
  const [[place, note]] = stored;
  assert.equal(place, "certificate /seal/ prod-eu");
  assert.match(note, new RegExp(`^${fingerprint(KEY.der)} \\d{10}$`));
});
