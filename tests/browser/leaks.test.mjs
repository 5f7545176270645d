// The detectors, tested: ten pages that leak, one way each. With policy and lock taken away every leak is seen; with them in
// place, those that a policy can forbid do not get out, and the browser records what it forbade.

import assert from "node:assert/strict";
import { test } from "node:test";

import { paste } from "./support/browser.mjs";
import { CANARIES, CANARY_SECRET, canariesIn } from "./support/canaries.mjs";
import { elsewhere } from "./support/elsewhere.mjs";
import { LEAKS, leaking } from "./support/leaks.mjs";
import { stage } from "./support/scene.mjs";
import { witness } from "./support/witness.mjs";

const scene = stage();

/**
 * Pastes, and waits until the script has tried and what it leaves behind is there. Waited for from before: a form that the browser forbids
 * is a navigation that never ends, and during one nothing can be begun.
 */
async function leaks(page, left) {
  const tried = page.waitForFunction(() => "tried" in document.documentElement.dataset);
  await paste(page, CANARY_SECRET);
  await Promise.all([tried, left]);
}

const WRITTEN = {
  "as it is": (text) => text,
  "in base64": (text) => Buffer.from(text).toString("base64"),
  "in base64url": (text) => Buffer.from(text).toString("base64url"),
  "in hexadecimal": (text) => Buffer.from(text).toString("hex"),
  "with percent signs": (text) => encodeURIComponent(text),
  "as JSON": (text) => JSON.stringify({ text }),
  "in UTF-16LE": (text) => Buffer.from(text, "utf16le"),
};

test("every value is found however it is written and wherever in a text it stands", () => {
  for (const [encoding, write] of Object.entries(WRITTEN)) {
    for (const [number, canary] of CANARIES.entries()) {
      for (const before of ["", ".", "..", "..."]) {
        const found = canariesIn(Buffer.concat([Buffer.from("canar"), Buffer.from(write(`${before}${canary}.`))]));
        assert.ok(found.some((each) => each.startsWith(`canary ${number} `)), `${encoding}: ${canary}`);
      }
    }
  }
  assert.deepEqual(canariesIn("canary"), []);
});

for (const [name, { seen, fence }] of Object.entries(LEAKS)) {
  test(`a leak by ${name} is seen`, async (t) => {
    const { page, beyond, findings } = await witness(t, (place) => leaking(name, place, { fenced: false }));
    await leaks(page, seen.includes("other server") ? beyond.arrived : undefined);
    const found = await findings();
    // Which file of the profile it is, is the browser's affair.
    const detectors = new Set(found.map(({ detector }) => detector.replace(/^the profile: .*/, "the profile")));
    for (const detector of seen) assert.ok(detectors.has(detector), `not by: ${detector}; but by: ${[...detectors]}`);
  });

  if (!fence) continue;
  test(`a leak by ${name} is forbidden by the page as it is`, async (t) => {
    const beyond = await elsewhere();
    t.after(() => beyond.close());
    const { page, log } = await scene(t, { server: leaking(name, beyond, { fenced: true }) });
    const forbidden = page.waitForFunction(() => window.forbidden);
    await page.evaluate(() => document.addEventListener("securitypolicyviolation", () => { window.forbidden = true; }));
    await leaks(page, forbidden);
    assert.deepEqual(beyond.seen, []);
    assert.ok(log.violations.length > 0);
    for (const violation of log.violations) assert.equal(violation.split(" ")[0], fence);
  });
}
