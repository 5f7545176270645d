// Runs the programs of this repository as somebody at a shell would.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAMS = process.env.SEALWRIGHT_PROGRAMS ?? new URL("../../../target/debug/", import.meta.url).pathname;

/** What a program writes to standard output; what it says when it fails is the error. */
export function run(program, args, { input = "", cwd } = {}) {
  const done = spawnSync(join(PROGRAMS, program), args, { input, cwd, encoding: "utf8", env: { HOME: "/nonexistent" } });
  if (done.error) throw new Error(`${program} can't be run: cargo build -p sealwright-cli`, { cause: done.error });
  if (done.status !== 0) throw new Error(`${program} failed: ${done.stderr}`);
  return done.stdout;
}

/** A folder that goes with the test. */
export function folder(test) {
  const path = mkdtempSync(join(tmpdir(), "sealwright-"));
  test.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The values of a SealedSecret, as our kubeseal opens them with the private key. */
export function unsealed(test, yaml, privateKey) {
  const key = join(folder(test), "key.pem");
  writeFileSync(key, privateKey.export({ type: "pkcs1", format: "pem" }));
  const secret = JSON.parse(run("kubeseal", ["--recovery-unseal", "--recovery-private-key", key, "-o", "json"], { input: yaml }));
  return Object.fromEntries(Object.entries(secret.data).map(([name, value]) => [name, Buffer.from(value, "base64").toString()]));
}
