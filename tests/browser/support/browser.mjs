// Starts Debian's Chromium, and watches a page: everything that it asks for, says or is forbidden.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = [process.env.SEALWRIGHT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** With this flag no name but loopback's leads anywhere, whatever the machine's network is. */
export const ONLY_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";

/** WebRTC leaves loopback out otherwise, and could not be seen there. */
export const RTC_ON_LOOPBACK = "--allow-loopback-in-peer-connection";

/** A headless Chromium; with flags of its own. */
export async function launch(flags = []) {
  return chromium.launch({ executablePath: chromiumPath(), args: [...FLAGS, ...flags] });
}

/** A headless Chromium that keeps what it keeps in this folder. */
export async function launchIn(folder, flags) {
  return chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(), args: [...FLAGS, ...flags], acceptDownloads: true,
  });
}

function chromiumPath() {
  const path = PLACES.find((place) => place && existsSync(place));
  if (!path) throw new Error("there is no Chromium: install it, or name it in SEALWRIGHT_CHROMIUM");
  return path;
}

/** A fresh page whose every request, console line, error and policy violation is kept. */
export async function watchedPage(browser, options = {}) {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const page = await context.newPage();
  return { page, context, log: await watch(context, page) };
}

/** Keeps every request, console line, error and policy violation of a page from now on. */
export async function watch(context, page) {
  const log = { requests: [], console: [], errors: [], violations: [] };
  context.on("request", (request) => {
    log.requests.push({ url: request.url(), body: request.postData() ?? "", headers: request.headers() });
  });
  page.on("websocket", (socket) => {
    const entry = { url: socket.url(), body: "", headers: {} };
    log.requests.push(entry);
    socket.on("framesent", ({ payload }) => { entry.body += payload; });
  });
  // Who listens for file choosers only when one is about to open can be too late: the browser is told in the background.
  page.on("filechooser", () => {});
  page.on("console", (message) => log.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => log.errors.push(String(error)));
  await page.exposeFunction("reportViolation", (violation) => log.violations.push(violation));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  return log;
}

/** Opens the page and waits until it has taken over. */
export async function open(page, url) {
  await page.goto(url);
  await ready(page);
}

/** Waits until the page has taken over from what `index.html` shows at first. */
export async function ready(page) {
  await page.locator("#target-title").waitFor();
}

/** Pastes, as the keyboard would: through the clipboard's event, all at once. */
export async function paste(page, text, selector = "#secret") {
  await page.locator(selector).focus();
  await page.keyboard.insertText(text);
}

/** Puts the clock of an open page into the test's hands; what the browser has recorded of requests stays. */
export async function windClock(page) {
  await page.evaluate(() => { window.recorded = performance.getEntriesByType.bind(performance); });
  await page.clock.install();
  await page.evaluate(() => { performance.getEntriesByType = window.recorded; });
}

/** Drops a file anywhere on the page. */
export async function drop(page, text, name = "db.yaml") {
  await dropFiles(page, { [name]: text });
}

/** Drops several files at once; by name what is in each, text or bytes. */
export async function dropFiles(page, files) {
  const listed = Object.entries(files).map(([name, content]) => [name, [...Buffer.from(content)]]);
  const data = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const [name, bytes] of all) transfer.items.add(new File([new Uint8Array(bytes)], name));
    return transfer;
  }, listed);
  await page.dispatchEvent("footer", "drop", { dataTransfer: data });
}

/** Waits for the result. */
export async function sealed(page) {
  await page.locator("#download").waitFor();
}

/** Downloads, by a click unless told otherwise, and gives name and text. */
export async function download(page, press = () => page.locator("#download").click()) {
  const [file] = await Promise.all([page.waitForEvent("download"), press()]);
  return { name: file.suggestedFilename(), text: await textOf(file), file };
}

/** The text of a file that was downloaded. */
export async function textOf(file) {
  const parts = [];
  for await (const part of await file.createReadStream()) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
