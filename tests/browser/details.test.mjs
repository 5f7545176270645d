// Labels, annotations, immutable and templates of a Secret that is made on the page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { download, paste, sealed } from "./support/browser.mjs";
import { keyboard } from "./support/hands.mjs";
import { items, openValue } from "./support/open.mjs";
import { KEY, SECRET, sealedFile, stage } from "./support/scene.mjs";

const scene = stage();

/** A page on which a Secret with one value gets a name, with the details open. */
async function started(t) {
  const { page } = await scene(t);
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  await paste(page, "password=correct horse\n");
  await sealed(page);
  await page.locator("#details summary").click();
  return page;
}

/** What stands below `spec.template` of what is downloaded. */
async function template(page) {
  const { text } = await download(page);
  assert.equal(String(openValue(items(text).password, "payments/db", KEY.privateKey)), "correct horse");
  return text.split("\n  template:\n")[1];
}

test("all of it stands in the file, and the value opens", async (t) => {
  const page = await started(t);
  await page.locator("#labels").fill("app.kubernetes.io/name=shop\ntier=1\n");
  await page.locator("#annotations").fill("example.com/note=it's fine: really\n");
  await page.locator("#immutable").check();
  await page.locator("#add-template").click();
  await page.keyboard.insertText("my.cnf");
  await page.getByRole("textbox", { name: "Text of my.cnf" }).fill("[client]\npassword = {{ .password }}\n");
  await page.locator("#yaml", { hasText: "password = {{ .password }}" }).waitFor();
  assert.equal(await template(page), `    data:
      my.cnf: |
        [client]
        password = {{ .password }}
    immutable: true
    metadata:
      annotations:
        example.com/note: 'it''s fine: really'
      labels:
        app.kubernetes.io/name: shop
        tier: "1"
      name: db
      namespace: payments
`);
});

test("a mistake is said at its field, keeps the file back, and is gone when it is corrected", async (t) => {
  const page = await started(t);
  for (const [id, text, words] of [
    ["labels", "app=shop\nteam", "Line 2: write it as key=value."],
    ["labels", "app=the shop", "Line 1: the value of a label has letters"],
    ["annotations", "a b=c", "Line 1: a key has letters"],
    ["annotations", "sealedsecrets.bitnami.com/cluster-wide=true", "Line 1: choose the scope above"],
  ]) {
    const field = page.locator(`#${id}`);
    await field.fill(text);
    await page.locator(`#${id}-need`, { hasText: words }).waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await field.getAttribute("aria-describedby"), `${id}-need`);
    await page.locator("#result", { hasText: "The labels, annotations or templates need a correction." }).waitFor();
    assert.equal(await page.locator("#download").count(), 0);
    await field.fill("");
    await sealed(page);
    assert.equal(await field.getAttribute("aria-invalid"), null);
  }
});

test("two templates of one key are refused, until one of them goes", async (t) => {
  const page = await started(t);
  for (const row of [1, 2]) {
    await page.locator("#add-template").click();
    await page.locator(`#template-${row}`).fill("url");
  }
  await page.locator("#template-2-need", { hasText: "This key is given twice." }).waitFor();
  await page.locator("#result", { hasText: "need a correction" }).waitFor();
  await page.getByRole("button", { name: "Remove the template url" }).last().click();
  await sealed(page);
  assert.equal(await page.evaluate(() => document.activeElement.id), "add-template");
});

test("with a template there is no command line, and it is said why", async (t) => {
  const page = await started(t);
  await page.locator("#add-template").click();
  await page.keyboard.insertText("url");
  await page.locator("#no-command", { hasText: "makes no templates" }).waitFor();
  assert.equal(await page.locator("#command").count(), 0);
});

test("a manifest and an open file have their own, and the part comes back as it was", async (t) => {
  const page = await started(t);
  await page.locator("#labels").fill("app=shop");
  await page.locator("#secret").fill(SECRET);
  await page.locator("#recognised", { hasText: "a Secret manifest" }).waitFor();
  await sealed(page);
  assert.ok(!await page.locator("#details").isVisible());
  assert.doesNotMatch((await download(page)).text, /labels/);
  await page.locator("#secret").fill("password=correct horse\n");
  await page.locator("#recognised", { hasText: "KEY=value lines" }).waitFor();
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  await page.locator("#yaml", { hasText: "app: shop" }).waitFor();
  assert.equal(await page.locator("#labels").inputValue(), "app=shop");
  await page.locator("#secret").fill(sealedFile());
  await page.locator("#set-by-file").waitFor();
  assert.equal(await page.locator("#details").count(), 0);
});

test("it is locked with the values that are cleared, and starting over empties it", async (t) => {
  const page = await started(t);
  await page.locator("#labels").fill("app=shop");
  await page.locator("#yaml", { hasText: "app: shop" }).waitFor();
  await page.locator("#wipe").click();
  await page.locator("#result").getByText("Your text is cleared.").waitFor();
  assert.ok(await page.locator("#labels").isDisabled());
  await page.locator("#start-over").click();
  await page.locator("#labels:enabled").waitFor();
  assert.equal(await page.locator("#labels").inputValue(), "");
});

test("the keyboard reaches all of it", async (t) => {
  const { page } = await scene(t);
  const hand = await keyboard(page);
  await hand.fills("#secret", "password=correct horse");
  await hand.fills("#namespace", "payments");
  await hand.fills("#name", "db");
  await hand.presses("#details summary");
  await hand.fills("#labels", "app=shop");
  await hand.fills("#annotations", "note=fine");
  await hand.fills("#immutable", " ");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.type("url");
  await hand.fills("#template-1-text", "https://{{ .password }}");
  await page.locator("#yaml", { hasText: "url: https://{{ .password }}" }).waitFor();
  const made = await template(page);
  for (const line of ["immutable: true", "note: fine", "app: shop"]) assert.ok(made.includes(`${line}\n`), line);
});
