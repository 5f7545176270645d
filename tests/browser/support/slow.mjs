// The page on a slow line and a slow machine, as Chromium plays them.

import { open, paste, sealed, watchedPage } from "./browser.mjs";

const LINE = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const SLOWDOWN = 4;
const LOADS = 7;

/** How soon the page seals after somebody went to it, each time with nothing in any cache. */
export async function usable(browser, url) {
  const times = [];
  for (let load = 0; load < LOADS; load += 1) {
    const { page, context } = await watchedPage(browser);
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", LINE);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.getElementById("target-title")) return;
        window.usableAfter = performance.now();
        observer.disconnect();
      }).observe(document, { childList: true, subtree: true });
    });
    await open(page, url);
    times.push(await page.evaluate(() => window.usableAfter));
    await context.close();
  }
  times.sort((one, other) => one - other);
  const rounded = times.map(Math.round);
  return { median_ms: rounded[Math.floor(LOADS / 2)], least_ms: rounded[0], most_ms: rounded[LOADS - 1], loads: LOADS };
}

/** The longest task of the page's thread while somebody types, and while values of these sizes are pasted and sealed. */
export async function longestTasks(browser, url) {
  const typing = await longest(browser, url, async (page) => {
    await page.locator("#secret").focus();
    await page.keyboard.type("USER=payments\nPASSWORD=correct horse battery staple\n");
  });
  const pasting = await longest(browser, url, (page) => paste(page, `FILE=${"x".repeat(128 << 10)}`));
  return { typing_ms: typing, pasting_128_kib_ms: pasting };
}

/** Chromium tells of tasks from 50 ms on; null: there was none. The median, each time with a page that was not used before. */
async function longest(browser, url, act) {
  const rounds = [];
  for (let round = 0; round < LOADS; round += 1) rounds.push(await longestOnce(browser, url, act));
  rounds.sort((one, other) => one - other);
  return rounds[Math.floor(LOADS / 2)] || null;
}

async function longestOnce(browser, url, act) {
  const { page, context } = await watchedPage(browser);
  await open(page, url);
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await page.evaluate(() => {
    window.longTasks = [];
    window.observer = new PerformanceObserver((list) => window.longTasks.push(...list.getEntries()));
    window.observer.observe({ type: "longtask" });
  });
  await act(page);
  await sealed(page);
  const durations = await page.evaluate(() => [...window.longTasks, ...window.observer.takeRecords()].map((task) => task.duration));
  await context.close();
  return Math.round(Math.max(0, ...durations));
}
