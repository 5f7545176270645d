// Everybody can use it: axe finds nothing in any state, it fits 320 px, and a keyboard is enough.

import assert from "node:assert/strict";
import { test } from "node:test";

import AxeBuilder from "@axe-core/playwright";

import { download, paste, sealed } from "./support/browser.mjs";
import { KEY, SECRET, sealedFile, stage } from "./support/scene.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const scene = stage();

const STATES = {
  empty: { act: async () => {} },
  "how to check": { act: (page) => page.getByRole("button", { name: "How to check" }).click() },
  "no certificate": { server: { clusters: null }, act: (page) => paste(page, SECRET) },
  "bad certificate": {
    act: async (page) => {
      await page.locator("#change").click();
      await page.locator("#certificate").fill("hello");
      await page.locator("#certificate-problem").waitFor();
    },
  },
  error: {
    act: async (page) => {
      await paste(page, "KEY=value\nhello\n");
      await page.locator("#secret-problem").waitFor();
    },
  },
  "names missing": {
    act: async (page) => {
      await paste(page, "KEY=value\n");
      await page.locator("#name-need").waitFor();
    },
  },
  sealed: {
    act: async (page) => {
      await paste(page, SECRET);
      await sealed(page);
    },
  },
  "several sealed": {
    act: async (page) => {
      await paste(page, `${SECRET}---\n${SECRET.replace("name: db", "name: cache")}`);
      await sealed(page);
    },
  },
  "file opened": {
    act: async (page) => {
      await paste(page, sealedFile());
      await page.locator(".verdict", { hasText: "Nothing changes yet." }).waitFor();
    },
  },
  "file changed": {
    act: async (page) => {
      await paste(page, sealedFile());
      await page.getByRole("button", { name: "Replace password" }).click();
      await page.keyboard.insertText("battery staple\n");
      await page.getByRole("button", { name: "Remove ca.crt" }).click();
      await page.getByRole("button", { name: "Rename user" }).click();
      await page.keyboard.insertText("USER");
      await page.getByRole("button", { name: "Add a value" }).click();
      await page.keyboard.insertText("token");
      await page.getByRole("textbox", { name: "Value of token" }).fill("abc");
      await page.locator(".verdict", { hasText: "1 renamed" }).waitFor();
    },
  },
  "file with a key twice": {
    act: async (page) => {
      await paste(page, sealedFile());
      await page.getByRole("button", { name: "Rename user" }).click();
      await page.keyboard.insertText("password");
      await page.getByText("This key is given twice.").waitFor();
    },
  },
  "file that is not edited in place": {
    act: async (page) => {
      await paste(page, `${sealedFile().split("  encryptedData:")[0]}  encryptedData: {a: AgBy}\n`);
      await page.locator("#set-by-file").waitFor();
      await paste(page, "token=abc");
      await page.locator("#copy-lines").waitFor();
    },
  },
  cleared: {
    act: async (page) => {
      await paste(page, SECRET);
      await sealed(page);
      await page.locator("#wipe").click();
      await page.getByText("Your text is cleared.").waitFor();
    },
  },
};

for (const [name, { server, act }] of Object.entries(STATES)) {
  test(`axe finds nothing, and nothing overflows at 320 px: ${name}`, async (t) => {
    // axe brings its own scripts into the page, which the page's policy would rightly forbid.
    const { page } = await scene(t, { server, context: { bypassCSP: true } });
    await act(page);
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [1280, 320]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 800 });
        const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
        const found = violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" ")}`);
        assert.deepEqual(found, [], `${colorScheme} ${width}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${colorScheme} ${width}: ${overflow} px too wide`);
      }
    }
  });
}

test("a keyboard is enough, from the paste to the download", async (t) => {
  const { page } = await scene(t);
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  const tabTo = async (id) => {
    for (let step = 0; step < 30; step += 1) {
      if (await focused() === id) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`the keyboard does not reach ${id}`);
  };
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the result");
  await tabTo("secret");
  await page.keyboard.insertText("PASSWORD=hunter2");
  await tabTo("namespace");
  await page.keyboard.type("payments");
  await tabTo("name");
  await page.keyboard.type("db");
  await tabTo("scope-strict");
  await page.keyboard.press("ArrowDown");
  await page.locator(".verdict", { hasText: "under any name in payments" }).waitFor();
  assert.equal(await focused(), "scope-namespace-wide");
  await tabTo("download");
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.equal(file.suggestedFilename(), "payments-db.sealedsecret.yaml");
});

test("the skip link moves the focus to the result and leaves the address alone", async (t) => {
  const { page, site } = await scene(t);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "result");
  assert.equal(page.url(), site.url);
});

test("sealing is announced once and never moves the focus", async (t) => {
  const { page } = await scene(t);
  await page.evaluate(() => {
    window.said = [];
    new MutationObserver(() => {
      const text = document.getElementById("status").textContent;
      if (text) window.said.push(text);
    }).observe(document.getElementById("status"), { childList: true, characterData: true, subtree: true });
  });
  await paste(page, SECRET);
  await sealed(page);
  await page.waitForFunction(() => window.said.length > 0);
  assert.deepEqual(await page.evaluate(() => window.said), ["Sealed 2 values for db in payments."]);
  assert.equal(await page.evaluate(() => document.activeElement.id), "secret");
  assert.equal(await page.title(), "Sealed 2 values · Sealwright");
});

test("nothing moves for those who asked for no motion", async (t) => {
  const { page } = await scene(t, { context: { reducedMotion: "reduce" } });
  const durations = await page.locator("button, .scope").evaluateAll((all) =>
    all.map((each) => getComputedStyle(each).transitionDuration));
  assert.ok(durations.length > 0 && durations.every((each) => each === "0s"), durations.join(" "));
});

test("everything that can be pressed is at least 24 px in both directions", async (t) => {
  const { page } = await scene(t, { context: { viewport: { width: 320, height: 700 } } });
  await paste(page, SECRET);
  await sealed(page);
  const small = await page.locator("button:visible, .scope:visible, summary:visible").evaluateAll((all) => all
    .map((each) => ({ text: each.textContent, box: each.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 24 || box.height < 24)
    .map(({ text, box }) => `${text} ${box.width}x${box.height}`));
  assert.deepEqual(small, []);
});

test("the page can be used with forced colours", async (t) => {
  const { page } = await scene(t, { context: { forcedColors: "active" } });
  await paste(page, SECRET);
  await sealed(page);
  const { text } = await download(page);
  assert.match(text, /kind: SealedSecret/);
  assert.ok(KEY);
});
