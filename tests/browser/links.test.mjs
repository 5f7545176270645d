// Links that fill in names and keys: what they may do, what they must not, and the form that makes them.

import assert from "node:assert/strict";
import { test } from "node:test";
import AxeBuilder from "@axe-core/playwright";

import { download, open, paste, ready, sealed } from "./support/browser.mjs";
import { makeCertificate } from "./support/certificate.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, SECRET, clusters, stage } from "./support/scene.mjs";
import { fingerprint } from "./support/server.mjs";

const scene = stage();
const LINK = "#namespace=payments&name=db&scope=namespace-wide&keys=DB_PASSWORD,API_TOKEN";

test("a link asks for two values, and nothing else is left to do", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  await open(page, site.url + LINK);
  assert.equal(await page.locator("#namespace").inputValue(), "payments");
  assert.equal(await page.locator("#name").inputValue(), "db");
  assert.ok(await page.locator("#scope-namespace-wide").isChecked());
  assert.equal(await page.locator(".note", { hasText: "from a link" }).count(), 5);
  assert.equal(await page.evaluate(() => document.activeElement.labels[0].innerText), "Value of DB_PASSWORD");
  await page.keyboard.insertText("correct horse");
  await page.getByText("Fill in the value of every key").waitFor();
  await page.getByLabel("Value of API_TOKEN").fill("t0ken");
  await sealed(page);
  const values = items((await download(page)).text);
  assert.deepEqual(Object.keys(values).sort(), ["API_TOKEN", "DB_PASSWORD"]);
  assert.equal(openValue(values.DB_PASSWORD, "payments", KEY.privateKey).toString(), "correct horse");
  assert.equal(openValue(values.API_TOKEN, "payments", KEY.privateKey).toString(), "t0ken");
});

test("pasted lines settle the keys that they bring, and the rest is still asked for", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  await open(page, site.url + LINK);
  await paste(page, "DB_PASSWORD=one\n");
  await page.getByText("recognised as KEY=value lines, 1 value").waitFor();
  await page.getByLabel("Value of DB_PASSWORD").waitFor({ state: "detached" });
  assert.equal(await page.locator("#download").count(), 0);
  await page.getByLabel("Value of API_TOKEN").fill("two");
  await sealed(page);
});

test("what a manifest says stands above the link, its scope too", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  await open(page, `${site.url}#namespace=other&name=else&scope=cluster-wide`);
  await paste(page, SECRET);
  await sealed(page);
  assert.match(await page.locator(".verdict").innerText(), /^Can be opened only as db in payments/);
  assert.equal(await page.getByText("from a link").count(), 0);
});

test("a certificate other than the link's is refused, from the server and from hands", async (t) => {
  const other = makeCertificate();
  const { page, site } = await scene(t, { opened: false });
  await open(page, `${site.url}#name=db&cert=${fingerprint(other.der).replaceAll(":", "")}`);
  await page.getByText("The link that you followed asks for the sealing key").waitFor();
  await paste(page, SECRET);
  await page.getByText("To seal, this page needs the cluster's certificate.").waitFor();
  await paste(page, KEY.pem, "#certificate");
  await page.getByText("The link that you followed asks for the sealing key").waitFor();
  assert.equal(await page.locator("#download").count(), 0);
  await page.locator("#certificate").fill("");
  await paste(page, other.pem, "#certificate");
  await sealed(page);
});

test("the cluster whose certificate the link asks for is chosen", async (t) => {
  const other = makeCertificate();
  const listed = [...clusters(), ...clusters(other, "staging")];
  const { page, site } = await scene(t, { server: { clusters: listed }, opened: false });
  await open(page, `${site.url}#cert=${fingerprint(other.der)}`);
  assert.equal(await page.locator(".cluster").innerText(), "staging");
});

test("a link that is followed in an open tab fills in what nobody typed", async (t) => {
  const { page } = await scene(t);
  await page.locator("#namespace").fill("orders");
  await page.evaluate(() => { location.hash = "namespace=payments&name=db&keys=DB_PASSWORD"; });
  await page.getByLabel("Value of DB_PASSWORD").fill("correct horse");
  await sealed(page);
  assert.match(await page.locator(".verdict").innerText(), /^Can be opened only as db in orders/);
});

test("a link with a mistake fills in nothing, and no message repeats it", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  await open(page, `${site.url}#name=db&namespace=h%E2%80%AEunter2`);
  await page.getByText("The link that you followed holds characters that are not seen.").waitFor();
  assert.equal(await page.locator("#name").inputValue(), "");
  assert.doesNotMatch(await page.locator("body").innerText(), /unter2/);
});

test("the link that the page makes fills in the same for somebody else, and holds no value", async (t) => {
  const { page, site, context } = await scene(t);
  await paste(page, "DB_PASSWORD=hunter2\n");
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  await sealed(page);
  await page.getByText("Make a link").click();
  await page.locator("#copy-link").click();
  await page.locator("#copy-link", { hasText: "Copied" }).waitFor();
  const link = await page.locator("#link").inputValue();
  assert.doesNotMatch(link, /hunter2/);
  assert.ok(link.startsWith(`${site.url}#namespace=payments&name=db&scope=strict&keys=DB_PASSWORD&cert=`), link);
  const somebody = await context.newPage();
  await somebody.goto(link);
  await ready(somebody);
  assert.equal(await somebody.locator("#name").inputValue(), "db");
  await somebody.getByLabel("Value of DB_PASSWORD").waitFor();
});

test("a type brings rows for its keys and is written into the file", async (t) => {
  const { page } = await scene(t);
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("login");
  await page.locator("#type").selectOption("Basic auth");
  await page.getByLabel("Value of username").fill("someone");
  await page.getByLabel("Value of password").fill("hunter2");
  await sealed(page);
  const { text } = await download(page);
  assert.match(text, /\n {4}type: kubernetes\.io\/basic-auth\n/);
  assert.equal(openValue(items(text).password, "payments/login", KEY.privateKey).toString(), "hunter2");
});

test("values in rows are cleared on request, and starting over never shows them again", async (t) => {
  const { page, site } = await scene(t, { opened: false });
  await open(page, `${site.url}#namespace=payments&name=db&keys=A`);
  await page.getByLabel("Value of A").fill("hunter2");
  await sealed(page);
  await page.locator("#wipe").click();
  await page.locator("#result").getByText("Your text is cleared.").waitFor();
  assert.equal(await page.getByLabel("Value of A").count(), 0);
  await page.locator("#start-over").click();
  assert.equal(await page.getByLabel("Value of A").inputValue(), "");
  assert.equal(await page.locator("#download").count(), 0);
});

test("a followed link has no accessibility violation, fits 320 pixels and makes no request", async (t) => {
  const { page, site, log } = await scene(t, { opened: false, context: { viewport: { width: 320, height: 900 } } });
  await open(page, site.url + LINK);
  await page.getByText("Make a link").click();
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
  assert.deepEqual(log.requests.filter(({ url }) => url.includes("payments") || url.includes("DB_PASSWORD")), []);
});
