// What people come for, as three tasks, and how many steps each may take.

import { download, sealed } from "./browser.mjs";

/**
 * By task: what a hand does, and its limits. `given`: `lines` (KEY=value), `namespace` and `name`, a `manifest`, and the
 * path of a `file` with a SealedSecret.
 */
export const TASKS = {
  "one value, nothing known": {
    most: { files: 0, pastes: 1, fields: 2, clicks: 1 },
    act: async (hand, { lines, namespace, name }) => {
      await hand.pastes("#secret", lines);
      await hand.fills("#namespace", namespace);
      await hand.fills("#name", name);
    },
  },
  "a manifest": {
    most: { files: 0, pastes: 1, fields: 0, clicks: 1 },
    act: (hand, { manifest }) => hand.pastes("#secret", manifest),
  },
  "one value more for a SealedSecret": {
    most: { files: 1, pastes: 1, fields: 0, clicks: 1 },
    act: async (hand, { page, file, lines }) => {
      await hand.brings(file);
      await page.locator("#set-by-file").waitFor();
      await hand.pastes("#secret", lines);
    },
  },
};

/** Does a task on an opened page up to the download; gives the download and what it took. */
export async function done(page, task, hand, given) {
  const { act, most } = TASKS[task];
  await act(hand, { page, ...given });
  await sealed(page);
  const downloaded = await download(page, () => hand.presses("#download"));
  const over = Object.keys(most).filter((each) => hand.count[each] > most[each]);
  if (over.length > 0) throw new Error(`${task}: more ${over.join(" and ")} than allowed`);
  return { ...downloaded, count: hand.count };
}
