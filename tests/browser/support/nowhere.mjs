// Run in a network namespace that has nothing but loopback: uses the page and prints how many packets the browser sent once
// the page was ready and its server gone, as {"packets": N, "sealed": TEXT}.
//
//   node nowhere.mjs [LEAK]

import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

import { ONLY_LOOPBACK, RTC_ON_LOOPBACK, download, launch, open, paste, sealed, watchedPage } from "./browser.mjs";
import { CANARY_SECRET } from "./canaries.mjs";
import { leaking } from "./leaks.mjs";
import { clusters } from "./scene.mjs";
import { serve } from "./server.mjs";

/** Nobody listens there: the attempt alone is a packet. */
const NOBODY = { http: "http://127.0.0.1:4999/", udp: "127.0.0.1:4999" };

const leak = process.argv[2];

/** Packets that any interface of this namespace sent, from proc(5)'s /proc/net/dev: the tenth number of each. */
function packetsSent() {
  const interfaces = readFileSync("/proc/net/dev", "utf8").trim().split("\n").slice(2);
  return interfaces.reduce((sum, line) => sum + Number(line.split(":")[1].trim().split(/\s+/)[9]), 0);
}

const site = await serve({ clusters: clusters(), ...(leak ? leaking(leak, NOBODY, { fenced: false }) : {}) });
const browser = await launch([ONLY_LOOPBACK, RTC_ON_LOOPBACK]);
let before;
let text;
try {
  const { page } = await watchedPage(browser);
  await open(page, site.url);
  site.vanish();
  before = packetsSent();
  await paste(page, CANARY_SECRET);
  await sealed(page);
  // The kernel tells nobody of a packet: asking it again and again is the only way.
  while (leak && packetsSent() === before) await setTimeout(20);
  ({ text } = await download(page));
} finally {
  await browser.close();
}
// Now it can send nothing more.
console.log(JSON.stringify({ packets: packetsSent() - before, sealed: text }));
