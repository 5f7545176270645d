// The whole browser where no network is but loopback, and nobody on it: sealing sends not one packet.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { CANARIES } from "./support/canaries.mjs";
import { items } from "./support/open.mjs";

const SESSION = new URL("./support/nowhere.mjs", import.meta.url).pathname;
/** Capability numbers of capabilities(7): what a namespace and its set-up need. */
const NEEDED = (1n << 21n /* CAP_SYS_ADMIN */) | (1n << 12n /* CAP_NET_ADMIN */);

/** A leak that is not counted is waited for in vain. */
const PATIENCE_MS = 60_000;

/** Runs the session in a network namespace of its own, in a user namespace as well where rights are missing. */
function alone(...leak) {
  const effective = BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(readFileSync("/proc/self/status", "utf8"))[1]}`);
  const rights = (effective & NEEDED) === NEEDED ? [] : ["--map-root-user"];
  const inside = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh", process.execPath, SESSION, ...leak];
  const done = spawnSync("unshare", [...rights, "--net", ...inside], { encoding: "utf8", timeout: PATIENCE_MS });
  assert.equal(done.status, 0, done.error ? String(done.error) : done.stderr);
  return JSON.parse(done.stdout);
}

test("no packet leaves the browser while it seals, not even to its own machine", () => {
  const { packets, sealed } = alone();
  assert.equal(packets, 0);
  assert.equal(Object.keys(items(sealed)).length, CANARIES.length);
});

for (const leak of ["fetch", "WebSocket", "WebRTC"]) {
  test(`a leak by ${leak} would be counted`, () => assert.ok(alone(leak).packets > 0));
}
