// A browser that is watched from every side while a page is used in it: what it asked for, said, was forbidden and kept,
// and what any server saw. One set of detectors, for the page and for pages that leak on purpose.

import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ONLY_LOOPBACK, RTC_ON_LOOPBACK, launchIn, open, watch } from "./browser.mjs";
import { canariesIn } from "./canaries.mjs";
import { elsewhere } from "./elsewhere.mjs";
import { wasmMemory } from "./memory.mjs";
import { readNetLog, recordTo } from "./netlog.mjs";
import { clusters } from "./scene.mjs";
import { serve } from "./server.mjs";

/** The page, opened and locked, with a place `beyond` it that leaks would go to. `server` may depend on that place. */
export async function witness(test, server = () => ({})) {
  const folder = mkdtempSync(join(tmpdir(), "sealwright-"));
  test.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const [profile, netLog] = [join(folder, "profile"), join(folder, "net-log.json")];
  const beyond = await elsewhere();
  test.after(() => beyond.close());
  const site = await serve({ clusters: clusters(), ...server(beyond) });
  test.after(() => site.close());
  const context = await launchIn(profile, [ONLY_LOOPBACK, RTC_ON_LOOPBACK, ...recordTo(netLog)]);
  test.after(() => context.close());
  const page = context.pages()[0] ?? await context.newPage();
  const log = await watch(context, page);
  await open(page, site.url);
  const [asked, served] = [log.requests.length, site.seen.length];

  /** Closes the browser and says everything that should not have been, each with the detector that saw it. */
  async function findings(files = {}) {
    const places = { ...files, ...await kept(context, page), "the wasm memory": await wasmMemory(context, page) };
    await context.close();
    const record = readNetLog(netLog);
    Object.assign(places, {
      "a request": JSON.stringify(log.requests),
      "what servers saw": JSON.stringify([site.seen, beyond.seen]),
      "the console": log.console.concat(log.errors, log.violations).join("\n"),
      "the net log": readFileSync(netLog),
      "the bytes on sockets": record.bytes,
    }, profileFiles(profile));
    const firstLoad = new Set(site.seen.slice(0, served).map(({ url }) => new URL(url, site.url).href));
    const found = (detector, list) => list.map((what) => ({ detector, what }));
    return [
      ...found("request", log.requests.slice(asked).map(({ url }) => url).filter((url) => !url.startsWith("blob:"))),
      ...found("own server", site.seen.slice(served).map(({ url }) => url)),
      ...found("other server", beyond.seen.map(({ what }) => what)),
      ...found("net log", record.asked.filter((url) => !firstLoad.has(url))),
      ...found("net log", record.asked.filter((url, index) => record.asked.indexOf(url) !== index)),
      ...found("violation", log.violations),
      ...found("console", log.console),
      ...found("error", log.errors),
      ...Object.entries(places).flatMap(([place, content]) => found(place, canariesIn(content))),
    ];
  }
  return { page, context, site, beyond, log, findings };
}

/** What the page can be asked for, and what the browser keeps of it. */
async function kept(context, page) {
  const session = await context.newCDPSession(page);
  const { entries } = await session.send("Page.getNavigationHistory");
  const inPage = await page.evaluate(async () => {
    const cached = (await caches.keys()).map(async (name) => {
      const requests = await (await caches.open(name)).keys();
      return [name, requests.map(({ url }) => url)];
    });
    return {
      "the document": document.documentElement.outerHTML,
      "a field": [...document.querySelectorAll("textarea, input")].map((field) => field.value).join("\n"),
      "the address or title": [location.href, document.title, document.referrer, window.name, JSON.stringify(history.state)].join("\n"),
      "localStorage": JSON.stringify(Object.entries(localStorage)),
      "sessionStorage": JSON.stringify(Object.entries(sessionStorage)),
      "IndexedDB": JSON.stringify(await indexedDB.databases()),
      "CacheStorage": JSON.stringify(await Promise.all(cached)),
      "performance entries": JSON.stringify(performance.getEntries()),
    };
  });
  return { ...inPage, "the history": JSON.stringify(entries), "cookies": JSON.stringify(await context.cookies()) };
}

/** Everything that the browser wrote: caches, sessions, databases, whatever it is called. */
function profileFiles(folder) {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath ?? file.path, file.name)).filter(existsSync);
  return Object.fromEntries(paths.map((path) => [`the profile: ${path.slice(folder.length + 1)}`, readFileSync(path)]));
}
