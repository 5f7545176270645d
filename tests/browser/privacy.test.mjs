// Nothing typed leaves the page: not by request, not by record, not after the network is cut.

import assert from "node:assert/strict";
import { test } from "node:test";

import { download, drop, dropFiles, open, paste, sealed } from "./support/browser.mjs";
import { CANARIES, CANARY_SECRET } from "./support/canaries.mjs";
import { wasmMemory } from "./support/memory.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, SECRET, sealedFile, stage } from "./support/scene.mjs";
import { witness } from "./support/witness.mjs";

const scene = stage();

/** Everything that a person can do, done, and cleared away at the end; gives the downloaded file. */
async function useEverything(page) {
  await dropFiles(page, Object.fromEntries(CANARIES.map((canary, number) => [`file-${number}`, canary])));
  await page.getByText("from the file file-63").waitFor();
  await page.locator("#start-over").click();
  const logins = CANARIES.map((canary, number) => [`registry-${number}`, { username: "user", password: canary }]);
  await paste(page, JSON.stringify({ auths: Object.fromEntries(logins) }));
  await page.locator("#name-need").waitFor();
  await page.locator("#start-over").click();
  await paste(page, CANARY_SECRET);
  await sealed(page);
  await page.locator("#scope-namespace-wide").check();
  await sealed(page);
  await page.locator("#mask").click();
  await page.locator(".fingerprint summary").click();
  await page.getByRole("button", { name: "How to check" }).click();
  await page.locator("#change").click();
  await page.locator("#certificate").fill(KEY.pem);
  await page.getByText("brought by you").waitFor();
  for (let turn = 0; turn < 3; turn += 1) await page.getByRole("button", { name: /^Theme/ }).click();
  await sealed(page);
  await page.locator("#copy").click();
  await page.locator("#secret").fill(`${CANARIES[0]}\n: [`);
  await page.locator("#secret-problem").waitFor();
  await page.locator("#secret").fill(CANARY_SECRET);
  await sealed(page);
  const { text } = await download(page);
  assert.equal(await page.locator("#requests-since").innerText(), "0");
  await page.locator("#wipe").click();
  await page.waitForFunction(() => document.getElementById("secret").value === "");
  return text;
}

test("in full use nothing is asked for, said or forbidden, and no value stays anywhere", async (t) => {
  const { page, findings } = await witness(t);
  const text = await useEverything(page);
  assert.equal(Object.keys(items(text)).length, CANARIES.length);
  assert.deepEqual(await findings({ "the downloaded file": text }), []);
});

test("the memory that is searched is the one that seals", async (t) => {
  const { page, context } = await scene(t);
  await paste(page, CANARY_SECRET);
  await sealed(page);
  const memory = await wasmMemory(context, page);
  assert.ok(memory.includes("payments"), "the namespace, which is no secret, is not in it");
});

test("the page is locked: even a script of its own could not reach its own server", async (t) => {
  const { page, site } = await scene(t);
  const served = site.seen.length;
  const outcome = await page.evaluate(async () => {
    const tries = {
      fetch: () => fetch("config.json").then(() => "came", () => "refused"),
      image: () => new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve("came");
        image.onerror = () => resolve("refused");
        image.src = "favicon.svg?again";
      }),
      style: () => new Promise((resolve) => {
        const link = document.createElement("link");
        link.rel = "stylesheet";
        link.onload = () => resolve("came");
        link.onerror = () => resolve("refused");
        link.href = "look.css?again";
        document.head.append(link);
      }),
    };
    const outcomes = {};
    for (const [name, attempt] of Object.entries(tries)) outcomes[name] = await attempt();
    return outcomes;
  });
  assert.deepEqual(outcome, { fetch: "refused", image: "refused", style: "refused" });
  assert.equal(site.seen.length, served);
});

test("with the network cut it still seals", async (t) => {
  const { page, context } = await scene(t);
  await context.setOffline(true);
  await paste(page, SECRET);
  await sealed(page);
  const { text } = await download(page);
  assert.equal(openValue(items(text).user, "payments/db", KEY.privateKey).toString(), "payments");
});

/** A page on which a value is typed into a row of an opened file. */
async function withRow(t) {
  const { page } = await scene(t);
  await drop(page, sealedFile());
  await page.getByRole("button", { name: "Replace password" }).click();
  const row = page.getByRole("textbox", { name: "Value of password" });
  await row.fill("battery staple");
  await sealed(page);
  return { page, row };
}

test("leaving the page empties every box", async (t) => {
  const { page, row } = await withRow(t);
  await paste(page, "token=abc");
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  assert.equal(await page.locator("#secret").inputValue(), "");
  assert.equal(await row.inputValue(), "");
});

test("fields for values tell browsers and extensions to keep their hands off", async (t) => {
  const { page, row } = await withRow(t);
  await page.locator("#change").click();
  for (const field of [page.locator("#secret"), page.locator("#certificate"), row]) {
    for (const [name, value] of Object.entries({
      spellcheck: "false", autocomplete: "off", autocorrect: "off", autocapitalize: "off",
      writingsuggestions: "false", translate: "no", "data-gramm": "false", "data-lpignore": "true",
      "data-bwignore": "",
    })) {
      assert.equal(await field.getAttribute(name), value, `${field} ${name}`);
    }
    assert.equal(await field.getAttribute("name"), null);
  }
  for (const secret of [page.locator("#secret"), row]) {
    assert.equal(await secret.getAttribute("data-1p-ignore"), "");
  }
  assert.equal(await page.locator("form").count(), 0);
});

test("the first load is at most eight requests and the icon, all to the page's own server", async (t) => {
  const { log, site } = await scene(t);
  const paths = log.requests.map((request) => new URL(request.url));
  assert.ok(paths.every((url) => site.url.startsWith(url.origin)));
  const parts = paths.filter((url) => !url.pathname.includes("favicon"));
  assert.equal(new Set(parts.map(String)).size, parts.length, "something was loaded twice");
  assert.ok(parts.length <= 8, parts.join(" "));
});

test("the lock and the icon do not race: twenty loads without a violation", async (t) => {
  const { page, log, site } = await scene(t, { opened: false });
  for (let load = 0; load < 20; load += 1) await open(page, site.url);
  assert.deepEqual(log.violations, []);
  assert.deepEqual(log.console, []);
});
