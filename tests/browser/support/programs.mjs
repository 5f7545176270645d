// Runs the programs of this repository as somebody at a shell would.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { DIST } from "./server.mjs";

/** The folder of the programs. */
export const PROGRAMS = process.env.SEALWRIGHT_PROGRAMS ?? new URL("../../../target/debug/", import.meta.url).pathname;

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

/** The page as one file with this certificate inside, as `sealwright bundle` puts it there. */
export function bundled(test, pem) {
  const certificate = join(folder(test), "prod-eu.pem");
  writeFileSync(certificate, pem);
  return run("sealwright", ["bundle", "--page", join(DIST, "sealer.html"), "--cert", certificate]);
}

/** The address of the page of our controller, which watches an empty folder until the test ends. */
export async function controllerPage(test) {
  const addresses = ["--listen-addr", "--listen-metrics-addr", "--page-listen-addr"].flatMap((flag) => [flag, "127.0.0.1:0"]);
  const flags = ["--directory", folder(test), "--log-info-stdout=false", ...addresses];
  const controller = spawn(join(PROGRAMS, "sealwright-controller"), flags, { stdio: ["ignore", "ignore", "pipe"] });
  test.after(() => controller.kill());
  return new Promise((resolve, reject) => {
    const said = [];
    createInterface({ input: controller.stderr }).on("line", (line) => {
      said.push(line);
      const page = /page on (http[^" ]+)/.exec(line)?.[1];
      if (page) resolve(page);
    });
    controller.once("error", reject);
    controller.once("exit", () => reject(new Error(`the controller ended before it served: ${said.join("\n")}`)));
  });
}

/** The values of a SealedSecret, as our kubeseal opens them with the private key. */
export function unsealed(test, yaml, privateKey) {
  const key = join(folder(test), "key.pem");
  writeFileSync(key, privateKey.export({ type: "pkcs1", format: "pem" }));
  const secret = JSON.parse(run("kubeseal", ["--recovery-unseal", "--recovery-private-key", key, "-o", "json"], { input: yaml }));
  return Object.fromEntries(Object.entries(secret.data).map(([name, value]) => [name, Buffer.from(value, "base64").toString()]));
}
