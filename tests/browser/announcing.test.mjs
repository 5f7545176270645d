// What a screen reader is told: each thing that somebody does is said exactly once, by one region or by moving the focus.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drop, open, paste } from "./support/browser.mjs";
import { makeCertificate } from "./support/certificate.mjs";
import { KEY, SECRET, clusters, sealedFile, stage } from "./support/scene.mjs";

const scene = stage();

const OTHER = makeCertificate();

/** Longer than anything on the page waits before it speaks. */
const QUIET_MS = 3000;

const press = (name) => (page) => page.getByRole("button", { name, exact: true }).click();
const pressId = (id) => (page) => page.locator(id).click();
/** The browser takes its own time to copy, which no clock of a test has a say about. */
const copy = (id) => async (page) => {
  await page.locator(id).click();
  await page.getByRole("button", { name: "Copied", exact: true }).waitFor();
};
const fill = (id, text) => (page) => page.locator(id).fill(text);
const type = (text) => (page) => page.keyboard.insertText(text);

/** What is done in turn, and what is said of it; `null`: nothing, since the focus moves to what speaks for itself or stays. */
const STORIES = {
  "a Secret": [
    ["it is pasted", (page) => paste(page, SECRET), "Sealed 2 values for db in payments."],
    ["another scope", (page) => page.locator("#scope-namespace-wide").check(), "Sealed 2 values for db in payments."],
    ["another name", fill("#name", "other"), "Sealed 2 values for other in payments."],
    ["one value more", fill("#secret", `${SECRET}  more: x\n`), "Sealed 3 values for other in payments."],
    ["the box of another key opens", pressId("#change"), null],
    ["another cluster", (page) => page.locator("#cluster").selectOption("staging"), "Sealed 3 values for other in payments."],
    ["the box opens again", pressId("#change"), null],
    ["a certificate that is none", fill("#certificate", "hello"), /^There is no certificate in this text/],
    ["another certificate", fill("#certificate", KEY.pem), "Sealed 3 values for other in payments."],
    ["downloaded", pressId("#download"), "Downloaded."],
    ["copied", copy("#copy"), "Copied."],
    ["hidden", pressId("#mask"), null],
    ["a mistake", fill("#secret", "A=1\nhello"), /^Line 2, column 1: /],
    ["mended", fill("#secret", SECRET), "Sealed 2 values for other in payments."],
    ["cleared", pressId("#wipe"), "Your text is cleared."],
    ["started over", pressId("#start-over"), null],
  ],
  "KEY=value lines": [
    ["they are pasted", (page) => paste(page, "A=1"), "Say where it may be opened, and it is sealed at once."],
    ["the namespace", fill("#namespace", "payments"), "Say where it may be opened, and it is sealed at once."],
    ["no name for Kubernetes", fill("#name", "My db"), "Say where it may be opened, and it is sealed at once."],
    ["a name", fill("#name", "db"), "Sealed 1 value for db in payments."],
    ["the other dialect", (page) => page.locator("#dialect").selectOption({ index: 1 }), "Sealed 1 value for db in payments."],
  ],
  "a file": [
    ["it is dropped", (page) => drop(page, sealedFile()), "db in payments: an existing SealedSecret, 3 values. Nothing changes yet."],
    ["a value to replace", press("Replace password"), "db in payments: an existing SealedSecret, 3 values. Nothing changes yet."],
    ["the value", type("abc"), "1 value replaced. Everything else in the file stays as it is, byte for byte."],
    ["shown", press("Show password"), null],
    ["one is removed", press("Remove ca.crt"), "1 value replaced, 1 removed. Everything else in the file stays as it is, byte for byte."],
    ["taken back", press("Undo ca.crt"), "1 value replaced. Everything else in the file stays as it is, byte for byte."],
    ["one to rename", press("Rename user"), "1 value replaced. Everything else in the file stays as it is, byte for byte."],
    ["a name that is taken", type("password"), "A key needs another name."],
    ["its name", (page) => page.getByRole("textbox", { name: "New name of user" }).fill("USER"), "1 value replaced, 1 renamed. Everything else in the file stays as it is, byte for byte."],
    ["the new lines are copied", copy("#copy-lines"), "Copied."],
    ["it is closed", pressId("#start-over"), null],
  ],
};

/** Runs in the page: keeps what live regions come to hold. */
function listen() {
  window.said = [];
  const hear = (records) => {
    const regions = new Set();
    for (const { target, addedNodes } of records) {
      const around = (target instanceof Element ? target : target.parentElement)?.closest("[role=status], [role=alert]");
      if (around) regions.add(around);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        for (const each of [node, ...node.querySelectorAll("*")]) if (each.matches("[role=status], [role=alert]")) regions.add(each);
      }
    }
    for (const { isConnected, textContent } of regions) if (isConnected && textContent) window.said.push(textContent);
  };
  new MutationObserver(hear).observe(document.body, { childList: true, characterData: true, subtree: true });
}

for (const [name, story] of Object.entries(STORIES)) {
  test(`everything that is done is said once: ${name}`, async (t) => {
    const { page, site, context } = await scene(t, { server: { clusters: [...clusters(), ...clusters(OTHER, "staging")] }, opened: false });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    // The clock is the test's: nothing is waited for, and nothing comes late.
    await page.clock.install();
    await open(page, site.url);
    await page.clock.runFor(QUIET_MS);
    await page.evaluate(listen);
    const focused = () => page.evaluate(() => document.activeElement.tagName);
    for (const [what, act, words] of story) {
      const before = await focused();
      await page.evaluate(() => { window.said = []; });
      await act(page);
      await page.clock.runFor(QUIET_MS);
      const said = await page.evaluate(() => window.said);
      if (words instanceof RegExp) {
        assert.equal(said.length, 1, `${what}: ${said}`);
        assert.match(said[0], words, what);
      } else {
        assert.deepEqual(said, words === null ? [] : [words], what);
      }
      assert.ok(before === "BODY" || await focused() !== "BODY", `${what}: the focus is lost`);
    }
  });
}

test("the title of the window tells what is sealed, without any name, and the focus stays in the box", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET);
  await page.waitForFunction(() => document.title === "Sealed 2 values · Sealwright");
  assert.equal(await page.evaluate(() => document.activeElement.id), "secret");
});
