// Does one of three tasks on the page, by mouse or by keyboard alone, and downloads the file.
//
//   node tasks.mjs --url URL --task TASK --hand mouse|keyboard --given FILE --out DIR
//
// The tasks, and what is given for them in JSON, are those of support/tasks.mjs. Prints {"file": PATH} as JSON.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { readArguments } from "./support/arguments.mjs";
import { launch, open, watchedPage } from "./support/browser.mjs";
import { keyboard, mouse } from "./support/hands.mjs";
import { done } from "./support/tasks.mjs";

async function main() {
  const names = ["url", "task", "hand", "given", "out"];
  const { url, task, hand, given, out } = readArguments(names, names);
  const browser = await launch();
  try {
    const { page, log } = await watchedPage(browser);
    await open(page, url);
    const { name, file } = await done(page, task, await { mouse, keyboard }[hand](page), JSON.parse(readFileSync(given, "utf8")));
    const target = resolve(join(out, name));
    await file.saveAs(target);
    const wrong = [...log.errors, ...log.violations];
    if (wrong.length > 0) throw new Error(`the page reported: ${wrong.join("; ")}`);
    console.log(JSON.stringify({ file: target }));
  } finally {
    await browser.close();
  }
}

await main();
