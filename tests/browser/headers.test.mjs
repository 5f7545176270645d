// The documented headers are the ones under test and the ones that the controller sends, byte for byte.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { test } from "node:test";

import { controllerPage } from "./support/programs.mjs";
import { HEADERS, serve } from "./support/server.mjs";

const CONTRACT = readFileSync(new URL("../../docs/page.md", import.meta.url), "utf8");
const [, BLOCK] = /^## Headers, with every answer\n\n```text\n(.*?)\n```$/ms.exec(CONTRACT);
const DOCUMENTED = Object.fromEntries(BLOCK.split("\n").map((line) => {
  const end = line.indexOf(": ");
  return [line.slice(0, end), line.slice(end + 2)];
}));
const PATHS = ["", "config.json", "cert.pem", "sealer.html", "not-there", "..%2fetc%2fpasswd"];

/** What is sent under each documented name, as it stands on the wire; a header that is sent twice is there twice. */
async function sent(url) {
  const { rawHeaders } = await new Promise((resolve, reject) => {
    request(url, (answer) => resolve(answer.resume())).on("error", reject).end();
  });
  const pairs = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1]]] : []));
  return Object.fromEntries(Object.keys(DOCUMENTED).map((name) => [
    name, pairs.filter(([each]) => each === name.toLowerCase()).map(([, value]) => value).join("\n"),
  ]));
}

test("the headers under test are the documented ones, all of them and no other", () => {
  assert.deepEqual(HEADERS, DOCUMENTED);
});

test("the server of these tests sends them with every answer", async (t) => {
  const site = await serve({ clusters: [] });
  t.after(() => site.close());
  for (const path of PATHS) assert.deepEqual(await sent(site.url + path), DOCUMENTED, path);
});

test("the controller sends them with every answer", async (t) => {
  const page = await controllerPage(t);
  for (const path of PATHS) assert.deepEqual(await sent(new URL(path, page)), DOCUMENTED, path);
});
