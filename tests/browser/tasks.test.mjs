// What people come for, by mouse and by keyboard alone, from a server and from the disk, in no more steps than were promised.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { open } from "./support/browser.mjs";
import { keyboard, mouse } from "./support/hands.mjs";
import { items, openValue } from "./support/open.mjs";
import { bundled, folder, unsealed } from "./support/programs.mjs";
import { KEY, SECRET, sealedFile, stage } from "./support/scene.mjs";
import { TASKS, done } from "./support/tasks.mjs";

const scene = stage();

const HANDS = { mouse, "keyboard alone": keyboard };
const PLACES = {
  "a server": (_, site) => site.url,
  "the disk": (t) => {
    const path = join(folder(t), "sealer.html");
    writeFileSync(path, bundled(t, KEY.pem));
    return pathToFileURL(path).href;
  },
};

/** What the file of each task holds when it is opened. */
const HOLDS = {
  "one value, nothing known": (t, text) => assert.deepEqual(unsealed(t, text, KEY.privateKey), { TOKEN: "correct horse" }),
  "a manifest": (t, text) => assert.deepEqual(unsealed(t, text, KEY.privateKey), { password: "correct horse\n", user: "payments" }),
  "one value more for a SealedSecret": (_, text) => {
    const { TOKEN } = items(text);
    assert.equal(openValue(TOKEN, "payments/db", KEY.privateKey).toString(), "correct horse");
    assert.equal(text.split("\n").filter((line) => !line.includes("TOKEN: ")).join("\n"), sealedFile());
  },
};

for (const [place, address] of Object.entries(PLACES)) {
  for (const [how, hand] of Object.entries(HANDS)) {
    for (const task of Object.keys(TASKS)) {
      test(`${task}: done by ${how}, from ${place}`, async (t) => {
        const { page, site, log } = await scene(t, { opened: false });
        await open(page, address(t, site));
        const file = join(folder(t), "db.yaml");
        writeFileSync(file, sealedFile());
        const given = { lines: 'TOKEN="correct horse"\n', namespace: "payments", name: "db", manifest: SECRET, file };
        const { name, text, count } = await done(page, task, await hand(page), given);
        assert.deepEqual(count, TASKS[task].most);
        assert.equal(name, task.includes("more") ? "db.yaml" : "payments-db.sealedsecret.yaml");
        HOLDS[task](t, text);
        assert.deepEqual([log.errors, log.violations, log.console], [[], [], []]);
      });
    }
  }
}
