// Two ways to use the page: by mouse, and by keyboard alone. Both count what they do. What is pasted comes from the
// clipboard, where an editor in another window put it, and what is dropped is a file on the disk.

import assert from "node:assert/strict";

/** More stops than the page has in any state. */
const STOPS = 80;

/** A hand that points with the mouse; it types names, as everybody does. */
export async function mouse(page) {
  const session = await page.context().newCDPSession(page);
  const count = nothing();
  return {
    count,
    brings: async (path) => {
      count.files += 1;
      const { x, y } = await middle(page.locator("main"));
      const data = { items: [], files: [path], dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver", "drop"]) await session.send("Input.dispatchDragEvent", { type, x, y, data });
    },
    pastes: async (id, text) => {
      count.pastes += 1;
      await cut(page, text);
      await page.locator(id).click({ button: "right" });
      await assertFocused(page, id);
      // What the menu's entry does; without a screen there is no menu.
      await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", commands: ["paste"] });
    },
    fills: async (id, text) => {
      count.fields += 1;
      await page.locator(id).click();
      await assertFocused(page, id);
      await page.keyboard.type(text);
    },
    presses: async (id) => {
      count.clicks += 1;
      await page.locator(id).click();
    },
  };
}

/** A hand on the keyboard: it reaches everything by Tab, and sees where it is at every stop. */
export async function keyboard(page) {
  const count = nothing();
  return {
    count,
    brings: async (path) => {
      count.files += 1;
      await tabTo(page, "button:has-text('Browse files')");
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Enter")]);
      await chooser.setFiles(path);
    },
    pastes: async (id, text) => {
      count.pastes += 1;
      await cut(page, text);
      await tabTo(page, id);
      await page.keyboard.press("Control+V");
      await assertFocused(page, id);
    },
    fills: async (id, text) => {
      count.fields += 1;
      await tabTo(page, id);
      await page.keyboard.type(text);
      await assertFocused(page, id);
    },
    presses: async (id) => {
      count.clicks += 1;
      await tabTo(page, id);
      await page.keyboard.press("Enter");
      await assertFocused(page, id);
    },
  };
}

function nothing() {
  return { files: 0, pastes: 0, fields: 0, clicks: 0 };
}

/** Puts a text on the clipboard, as an editor in another window does. */
async function cut(page, text) {
  const editor = await page.context().newPage();
  await editor.setContent("<textarea></textarea>");
  await editor.locator("textarea").fill(text);
  await editor.locator("textarea").press("Control+A");
  await editor.keyboard.press("Control+X");
  await editor.close();
}

async function middle(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
}

async function assertFocused(page, id) {
  assert.ok(await page.locator(id).evaluate((each) => each === document.activeElement), `the focus is not on ${id}`);
}

/** Tabs forwards or backwards, wherever it lies. Each stop comes in the order of reading, can be seen and shows the focus. */
async function tabTo(page, id) {
  const target = page.locator(id);
  const where = () => target.evaluate((each) => {
    const at = document.activeElement;
    if (at === each) return "here";
    return at.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING ? "before" : "behind";
  });
  const direction = await where();
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await where() === "here") return;
    const last = await page.evaluateHandle(() => document.activeElement);
    await page.keyboard.press(direction === "before" ? "Shift+Tab" : "Tab");
    assert.deepEqual(await last.evaluate(seen, direction), [], `on the way to ${id}`);
  }
  assert.fail(`the keyboard does not reach ${id}`);
}

/** Runs in the page: what is wrong with where the focus is now. */
function seen(last, direction) {
  const at = document.activeElement;
  const name = `${at.tagName} ${at.id || at.textContent.slice(0, 40)}`;
  if (at === document.body) return ["the focus is nowhere"];
  const wrong = [];
  const order = direction === "before" ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
  if (last !== document.body && !(last.compareDocumentPosition(at) & order)) wrong.push(`${name} is out of order`);
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  if (outlineStyle === "none" || Number.parseFloat(outlineWidth) < 2) wrong.push(`${name} does not show the focus`);
  const { left, top, width, height } = at.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + Math.min(height / 2, 20)];
  const on = document.elementFromPoint(x, y);
  const isOwn = at.contains(on) || [...at.labels ?? []].some((label) => label.contains(on));
  if (!isOwn) wrong.push(`${name} is hidden, or something lies over it`);
  return wrong;
}
