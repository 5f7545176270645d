// The commands that the page shows do what the page did.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { download, drop, dropFiles, paste, sealed } from "./support/browser.mjs";
import { makeCertificate } from "./support/certificate.mjs";
import { items, openValue } from "./support/open.mjs";
import { PROGRAMS, folder } from "./support/programs.mjs";
import { KEY, SECRET, clusters, sealedFile, stage } from "./support/scene.mjs";

const scene = stage();

/** What is at the shell: the files that the commands name, and what is typed when a value is asked for. */
const CASES = {
  "lines": {
    seals: ["USER", "PASSWORD"],
    label: "payments",
    files: { ".env": "USER=payments\nPASSWORD=correct horse\n" },
    act: async (page, files) => {
      await page.locator("#namespace").fill("payments");
      await page.locator("#name").fill("db");
      await page.locator("#scope-namespace-wide").check();
      await paste(page, files[".env"]);
    },
    commands: ["sealwright create opaque db -n payments --scope namespace-wide --from-env-file .env --dialect godotenv --cert cert.pem -o payments-db.sealedsecret.yaml"],
  },
  "lines with details": {
    seals: ["USER"],
    label: "payments/db",
    files: { ".env": "USER=payments\n" },
    act: async (page, files) => {
      await page.locator("#namespace").fill("payments");
      await page.locator("#name").fill("db");
      await page.locator("#details summary").click();
      await page.locator("#labels").fill("tier=1\napp=shop\n");
      await page.locator("#annotations").fill("example.com/note=it's $HOME\n");
      await page.locator("#immutable").check();
      await paste(page, files[".env"]);
    },
    commands: ["sealwright create opaque db -n payments --from-env-file .env --dialect godotenv --label 'app=shop' --label 'tier=1' --annotation 'example.com/note=it'\\''s $HOME' --immutable --cert cert.pem -o payments-db.sealedsecret.yaml"],
  },
  "a manifest": {
    seals: ["user", "password"],
    label: "",
    files: { "secret.yaml": SECRET },
    act: async (page, files) => {
      await paste(page, files["secret.yaml"]);
      await sealed(page);
      await page.locator("#scope-cluster-wide").check();
    },
    commands: ["kubeseal --cert cert.pem --scope cluster-wide --format yaml < secret.yaml > payments-db.sealedsecret.yaml"],
  },
  "lines for a file": {
    seals: ["token"],
    label: "payments/db",
    files: { ".env": "token=abc\n", "my file.yaml": sealedFile() },
    act: async (page, files) => {
      await drop(page, files["my file.yaml"], "my file.yaml");
      await page.locator("#set-by-file").waitFor();
      await paste(page, files[".env"]);
      await page.getByRole("button", { name: "Remove ca.crt" }).click();
      await page.getByRole("button", { name: "Rename user" }).click();
      await page.keyboard.insertText("USER");
      await page.locator(".verdict", { hasText: "1 renamed" }).waitFor();
    },
    commands: [
      "sealwright unset 'my file.yaml' ca.crt",
      "sealwright rename-key 'my file.yaml' user USER",
      "sealwright set 'my file.yaml' --from-env-file .env --dialect godotenv --cert cert.pem",
    ],
  },
  "a typed value for a file": {
    seals: ["password"],
    label: "payments/db",
    files: { "db.yaml": sealedFile() },
    asked: "battery staple",
    act: async (page, files) => {
      await drop(page, files["db.yaml"], "db.yaml");
      await page.getByRole("button", { name: "Replace password" }).click();
      await page.keyboard.insertText("battery staple");
    },
    commands: ["sealwright set db.yaml password --cert cert.pem"],
  },
  "files as values": {
    seals: ["ca.crt", "my_key"],
    label: "payments/db",
    files: { "ca.crt": "not really\n", "my key": "correct horse" },
    act: async (page, files) => {
      await page.locator("#namespace").fill("payments");
      await page.locator("#name").fill("db");
      await dropFiles(page, files);
    },
    commands: ["sealwright create opaque db -n payments --from-file 'ca.crt=ca.crt' --from-file 'my_key=my key' --cert cert.pem -o payments-db.sealedsecret.yaml"],
  },
  "a file for a file": {
    seals: ["ca.crt"],
    label: "payments/db",
    files: { "db.yaml": sealedFile(), "ca.crt": "not really\n" },
    act: async (page, files) => {
      await drop(page, files["db.yaml"], "db.yaml");
      await page.locator("#set-by-file").waitFor();
      await drop(page, files["ca.crt"], "ca.crt");
    },
    commands: ["sealwright set db.yaml ca.crt --from-file ca.crt --cert cert.pem"],
  },
};

/** The file with these values as they were before they were sealed. */
function opened(yaml, keys, label) {
  const values = items(yaml);
  return keys.reduce((text, key) => text.replace(values[key], `opened: ${openValue(values[key], label, KEY.privateKey)}`), yaml);
}

for (const [name, { files, asked = "", act, commands, seals, label }] of Object.entries(CASES)) {
  test(`the commands do what the page did: ${name}`, async (t) => {
    const { page } = await scene(t);
    await act(page, files);
    await sealed(page);
    const { name: file, text } = await download(page);
    await page.locator("#command summary").click();
    const shown = await page.locator("#command pre").innerText();
    assert.deepEqual(shown.split("\n"), commands);

    const cwd = folder(t);
    for (const [path, content] of Object.entries({ ...files, "cert.pem": KEY.pem })) writeFileSync(join(cwd, path), content);
    const env = { PATH: `${PROGRAMS}:${process.env.PATH}`, HOME: "/nonexistent" };
    const done = spawnSync("sh", ["-ec", shown], { cwd, env, input: asked, encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
    const made = readFileSync(join(cwd, file), "utf8");
    // kubeseal puts a mark before the first document, too.
    assert.equal(opened(made.replace(/^---\n/, ""), seals, label), opened(text, seals, label));
  });
}

test("there is a command for each cluster, with the certificate of each", async (t) => {
  const other = makeCertificate();
  const { page } = await scene(t, { server: { clusters: [...clusters(KEY, "prod-eu"), ...clusters(other, "staging")] } });
  await paste(page, SECRET);
  await page.getByRole("checkbox", { name: "staging" }).check();
  await page.locator("#command summary").click();
  const shown = await page.locator("#command pre").innerText();
  const cwd = folder(t);
  for (const [path, content] of Object.entries({ "secret.yaml": SECRET, "prod-eu.pem": KEY.pem, "staging.pem": other.pem })) {
    writeFileSync(join(cwd, path), content);
  }
  const done = spawnSync("sh", ["-ec", shown], { cwd, env: { PATH: `${PROGRAMS}:${process.env.PATH}` }, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  for (const [cluster, { privateKey }] of Object.entries({ "prod-eu": KEY, staging: other })) {
    const { user } = items(readFileSync(join(cwd, `payments-db.${cluster}.sealedsecret.yaml`), "utf8"));
    assert.equal(openValue(user, "payments/db", privateKey).toString(), "payments");
  }
});

test("no command is shown where no one command does the same", async (t) => {
  const { page } = await scene(t);
  await paste(page, SECRET);
  await sealed(page);
  await page.locator("#name").fill("other");
  await page.locator(".verdict", { hasText: "other" }).waitFor();
  assert.equal(await page.locator("#command").count(), 0);
});
