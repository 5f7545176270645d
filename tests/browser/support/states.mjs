// Every state that the page can be seen in, each with the steps that lead there. Those that the shell shows, before the code is
// there or when it does not come, are not `opened`.

import { drop, dropFiles, paste, ready, sealed, windClock } from "./browser.mjs";
import { keepOnDisk, openFromDisk, write } from "./disk.mjs";
import { makeCertificate } from "./certificate.mjs";
import { KEY, SECRET, clusters, sealedFile } from "./scene.mjs";
import { vector } from "./vectors.mjs";

const OTHER = makeCertificate();
const EXPIRED = makeCertificate({ days: -1, startedDaysAgo: 40 }).pem;

const inPlace = (file) => `${file.split("  encryptedData:")[0]}  encryptedData: {a: AgBy}\n`;

/** Brings another certificate, or what was taken for one. */
const brings = (pem) => async (page) => {
  await page.locator("#change").click();
  await page.locator("#certificate").fill(pem);
  await page.locator("#certificate-problem").waitFor();
};

/** Types or pastes a text that can't be sealed. */
const mistakes = (text) => async (page) => {
  await paste(page, text);
  await page.locator("#secret-problem").waitFor();
};

const names = async (page) => {
  await page.locator("#namespace").fill("payments");
  await page.locator("#name").fill("db");
};

/** Labels, annotations and immutable of a Secret from lines. */
const details = async (page) => {
  await names(page);
  await seals("password=correct horse\n")(page);
  await page.locator("#details summary").click();
  await page.locator("#labels").fill("app.kubernetes.io/name=shop\ntier=1\n");
  await page.locator("#annotations").fill("example.com/owner=payments team\n");
  await page.locator("#immutable").check();
};

const seals = (text) => async (page) => {
  await paste(page, text);
  await sealed(page);
};

const opens = (text) => async (page) => {
  await drop(page, text);
  await page.locator("#set-by-file").waitFor();
  await page.locator("#result[aria-busy=false]").waitFor();
};

/** A cluster whose new files go to a folder. */
const inFolder = () => clusters().map((each) => ({ ...each, folder: "https://github.com/acme/gitops/tree/main/clusters/prod" }));

const hasFile = (page) => keepOnDisk(page, sealedFile());

const changesOnDisk = async (page) => {
  await openFromDisk(page);
  await seals("token=abc\n")(page);
};

/** A flipped bit in the middle of the code. */
function changed(name, bytes) {
  if (!name.endsWith(".wasm")) return undefined;
  const copy = Buffer.from(bytes);
  copy[Math.floor(copy.length / 2)] ^= 1;
  return copy;
}

const twenty = Array.from({ length: 20 }, (_, index) => `SETTING_${index}=value of the ${index}th setting`).join("\n");
const fromCluster = `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: payments
  uid: 0f0e1c44-6a0f-4dd6-8a55-5e7a2f1b8d3c
  resourceVersion: "4711"
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: "{}"
stringData:
  password: correct horse
`;

const LINK = "#namespace=payments&name=db&scope=namespace-wide&keys=DB_PASSWORD,API_TOKEN";

/** By name: `server` as `serve` takes it, `opened: false` for the shell, `fragment` of the address, and `act(page)`. */
export const STATES = {
  loading: {
    opened: false,
    server: { hold: ["config.json"] },
    act: (page) => page.locator("#loading").waitFor(),
  },
  "browser without WebAssembly": {
    opened: false,
    early: (page) => page.addInitScript(() => delete window.WebAssembly),
    act: (page) => page.locator("#failed-no-wasm").waitFor(),
  },
  "WebAssembly forbidden": {
    opened: false,
    server: { policy: (text) => text.replace(" 'wasm-unsafe-eval'", "") },
    act: (page) => page.locator("#failed-blocked").waitFor(),
  },
  "code changed on its way": {
    opened: false,
    server: { change: changed },
    act: (page) => page.locator("#failed-changed").waitFor(),
  },
  "code missing": {
    opened: false,
    early: (page) => page.route(/\.wasm$/, (route) => route.abort()),
    act: (page) => page.locator("#failed-missing").waitFor(),
  },
  empty: { act: async () => {} },
  "how to check": { act: (page) => page.getByRole("button", { name: "How to check" }).click() },
  "whole fingerprint": { act: (page) => page.locator(".fingerprint summary").click() },
  "no certificate": {
    server: { clusters: null },
    act: async (page) => {
      await paste(page, SECRET);
      await page.getByText("To seal, this page needs the cluster's certificate.").first().waitFor();
    },
  },
  "certificate not fetched": {
    server: { clusters: [{ name: "prod-eu", certificate: null, fingerprint: "" }] },
    act: (page) => page.locator("#certificate-problem").waitFor(),
  },
  "certificate expired": { act: brings(EXPIRED) },
  "no certificate at all pasted": { act: brings("hello") },
  "private key pasted": { act: brings(OTHER.privateKey.export({ type: "pkcs8", format: "pem" })) },
  "one of several clusters": {
    server: { clusters: [...clusters(KEY, "prod-eu"), ...clusters(OTHER, "staging")] },
    act: (page) => page.locator("#change").click(),
  },
  "a file for each cluster": {
    server: { clusters: [...clusters(KEY, "prod-eu"), ...clusters(OTHER, "staging")] },
    act: async (page) => {
      await page.getByRole("checkbox", { name: "staging" }).check();
      await seals(SECRET)(page);
    },
  },
  "a value that is base64 once more": { act: seals(SECRET.replace(/"correct.*"/, "Y29ycmVjdCBob3JzZQ==")) },
  "certificate is another one": {
    early: (page) => page.addInitScript(() => localStorage.setItem("certificate / prod-eu", `${Array(32).fill("4F").join(":")} 1790000000`)),
    act: (page) => page.locator(".changed").waitFor(),
  },
  "link followed": { fragment: LINK, act: (page) => page.locator("#linked").waitFor() },
  "link followed and filled in": {
    fragment: LINK,
    act: async (page) => {
      await page.getByLabel("Value of DB_PASSWORD").fill("correct horse");
      await page.getByLabel("Value of API_TOKEN").fill("t0ken");
      await sealed(page);
    },
  },
  "link that is not followed": { fragment: "#name=a_b", act: (page) => page.locator("#link-problem").waitFor() },
  "link for another certificate": {
    fragment: `#name=db&cert=${"4F9A".repeat(16)}`,
    act: (page) => page.locator("#certificate-problem").waitFor(),
  },
  "link being made": {
    act: async (page) => {
      await page.locator("#namespace").fill("payments");
      await page.locator("#name").fill("db");
      await seals("PASSWORD=correct horse\n")(page);
      await page.locator("#make-link summary").click();
    },
  },
  "type chosen": {
    act: async (page) => {
      await page.locator("#type").selectOption("Basic auth");
      await page.getByLabel("Value of username").waitFor();
    },
  },
  "details open": {
    act: async (page) => {
      await details(page);
      await page.locator("#add-template").click();
      await page.keyboard.insertText("my.cnf");
      await page.getByLabel("Text of my.cnf").fill("[client]\npassword = {{ .password }}\n");
      await page.locator("#yaml", { hasText: "{{ .password }}" }).waitFor();
    },
  },
  "details with mistakes": {
    act: async (page) => {
      await details(page);
      await page.locator("#labels").fill("app=shop\nteam\n");
      await page.locator("#annotations").fill("sealedsecrets.bitnami.com/cluster-wide=true");
      await page.locator("#add-template").click();
      await page.keyboard.insertText("my cnf");
      await page.locator("#result", { hasText: "need a correction" }).waitFor();
    },
  },
  "lines with a mistake": { act: mistakes("KEY=value\nhello\n") },
  "YAML with a mistake": { act: mistakes(SECRET.replace('"correct horse\\n"', '"correct horse')) },
  "data that is not base64": { act: mistakes(SECRET.replace("stringData:", "data:")) },
  "private key with a passphrase": { act: mistakes(vector("tls/encrypted.pem")) },
  "TLS recognised": {
    act: async (page) => {
      await names(page);
      await seals(vector("tls/ec.crt") + vector("tls/ec.pkcs8.pem"))(page);
    },
  },
  "a value that nobody could use": {
    act: async (page) => {
      await names(page);
      await paste(page, vector("tls/ec.crt") + vector("tls/rsa.pkcs8.pem"));
      await page.getByText("This key does not belong to the first certificate").waitFor();
    },
  },
  "a value with something odd": {
    act: async (page) => {
      await names(page);
      await page.locator("#type").selectOption("Basic auth");
      await page.getByLabel("Value of username").fill("app:1");
      await page.getByLabel("Value of password").fill("correct horse");
      await sealed(page);
    },
  },
  "files as values": {
    act: async (page) => {
      await names(page);
      await dropFiles(page, { "keystore.jks": Buffer.from([0xfe, 0xed, 0xfe, 0xed]), "pass phrase": "correct horse\n" });
      await sealed(page);
    },
  },
  "text of a file": { act: (page) => drop(page, "KEY=value\n", "db.env") },
  "names missing": {
    act: async (page) => {
      await paste(page, "KEY=value\n");
      await page.locator("#name-need").waitFor();
    },
  },
  "names not for Kubernetes": {
    act: async (page) => {
      await paste(page, "KEY=value\n");
      await page.locator("#namespace").fill("Payments");
      await page.locator("#name").fill("my db");
      await page.getByText("Kubernetes takes lower-case letters, digits, “-” and “.”, at most 253.").waitFor();
    },
  },
  sealed: { act: seals(SECRET) },
  "sealed from lines": {
    act: async (page) => {
      await paste(page, 'USER=payments\nPASSWORD="correct horse"\n');
      await page.locator("#namespace").fill("payments");
      await page.locator("#name").fill("db");
      await sealed(page);
    },
  },
  "sealed with the text hidden": {
    act: async (page) => {
      await seals(SECRET)(page);
      await page.locator("#mask").click();
    },
  },
  "twenty values sealed": {
    act: async (page) => {
      await page.locator("#namespace").fill("payments");
      await page.locator("#name").fill("db");
      await seals(twenty)(page);
    },
  },
  "several sealed": { act: seals(`${SECRET}---\n${SECRET.replace("name: db", "name: cache")}`) },
  "a cluster's additions left out": { act: seals(fromCluster) },
  copied: {
    context: { permissions: ["clipboard-read", "clipboard-write"] },
    act: async (page) => {
      await seals(SECRET)(page);
      await page.locator("#copy").click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
    },
  },
  "copying refused": {
    early: (page) => page.addInitScript(() => {
      Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new Error("no")) } });
      document.execCommand = () => false;
    }),
    act: async (page) => {
      await seals(SECRET)(page);
      await page.locator("#copy").click();
      await page.getByText("The browser did not let it be copied.").waitFor();
    },
  },
  cleared: {
    act: async (page) => {
      await seals(SECRET)(page);
      await page.locator("#wipe").click();
      await page.locator("#result").getByText("Your text is cleared.").waitFor();
    },
  },
  "nobody there": {
    act: async (page) => {
      await windClock(page);
      await paste(page, SECRET);
      await page.clock.runFor(1000);
      await sealed(page);
      await page.clock.runFor("15:30");
      await page.locator("#idle").waitFor();
    },
  },
  "cleared since nobody was there": {
    act: async (page) => {
      await windClock(page);
      await paste(page, "PASSWORD=correct horse\n");
      await page.clock.runFor(1000);
      await page.clock.runFor("15:30");
      await page.clock.runFor("01:00");
      await page.locator("#idle", { hasText: "was cleared" }).waitFor();
    },
  },
  "command line": {
    act: async (page) => {
      await seals(SECRET)(page);
      await page.locator("#command summary").click();
    },
  },
  "file opened": { act: opens(sealedFile()) },
  "file changed": {
    act: async (page) => {
      await opens(sealedFile())(page);
      await page.getByRole("button", { name: "Replace password" }).click();
      await page.keyboard.insertText("battery staple\n");
      await page.getByRole("button", { name: "Remove ca.crt" }).click();
      await page.getByRole("button", { name: "Rename user" }).click();
      await page.keyboard.insertText("USER");
      await page.getByRole("button", { name: "Add a value" }).click();
      await page.keyboard.insertText("token");
      await page.getByRole("textbox", { name: "Value of token" }).fill("abc");
      await page.locator(".verdict", { hasText: "1 renamed" }).waitFor();
    },
  },
  "file changed by pasted lines": {
    act: async (page) => {
      await opens(sealedFile())(page);
      await seals("password=battery staple\ntoken=abc\n")(page);
    },
  },
  "file with a key twice": {
    act: async (page) => {
      await opens(sealedFile())(page);
      await page.getByRole("button", { name: "Rename user" }).click();
      await page.keyboard.insertText("password");
      await page.getByText("This key is given twice.").waitFor();
    },
  },
  "file that is not edited in place": {
    act: async (page) => {
      await opens(inPlace(sealedFile()))(page);
      await paste(page, "token=abc");
      await page.locator("#copy-lines").waitFor();
    },
  },
  "file with several SealedSecrets": { act: opens(`${sealedFile()}---\n${sealedFile().replace("name: db", "name: cache")}`) },
  "file without a namespace": {
    act: async (page) => {
      await opens(sealedFile().replace("  namespace: payments\n", ""))(page);
      await paste(page, "token=abc");
      await page.locator("#namespace-need").waitFor();
    },
  },
  "file cleared": {
    act: async (page) => {
      await opens(sealedFile())(page);
      await seals("token=abc")(page);
      await page.locator("#wipe").click();
      await page.locator("#result").getByText("Your text is cleared.").waitFor();
    },
  },
  "new file for GitHub": { server: { clusters: inFolder() }, act: seals(SECRET) },
  "new file for a folder of a link": {
    fragment: "#folder=https://codeberg.org/acme/gitops/src/branch/main/teams/payments",
    act: seals(SECRET),
  },
  "new file that is too long for an address": {
    server: { clusters: inFolder() },
    act: async (page) => {
      await names(page);
      await seals(twenty)(page);
    },
  },
  "file that can be saved": { early: hasFile, act: changesOnDisk },
  "file saved": {
    early: hasFile,
    act: async (page) => {
      await changesOnDisk(page);
      await page.locator("#result .save").click();
      await page.getByText("Saved to db.yaml.").first().waitFor();
    },
  },
  "file changed on the disk": {
    early: hasFile,
    act: async (page) => {
      await changesOnDisk(page);
      await write(page, "other: file\n");
      await page.locator("#result .save").click();
      await page.locator("#not-kept").waitFor();
    },
  },
};

/** Goes to the page and on to a state of it. */
export async function arrive(page, url, { opened = true, early, fragment = "", act }) {
  await early?.(page);
  await page.goto(url + fragment, { waitUntil: opened ? "load" : "commit" });
  if (opened) await ready(page);
  await act(page);
  if (opened) await page.locator("#result[aria-busy=false]").waitFor();
}

/** Sets the scene for a state of the page. */
export async function enter(test, scene, state, context = {}) {
  const there = await scene(test, { server: state.server, context: { ...state.context, ...context }, opened: false });
  await arrive(there.page, there.site.url, state);
  return there;
}

/** What a file about a state is called. */
export function fileName(state, ending) {
  return `${state.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.${ending}`;
}
