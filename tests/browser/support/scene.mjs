// One browser for a test file, one server and one page for a test; all of it ended again, also on failure.

import { after, before } from "node:test";

import { launch, open, watchedPage } from "./browser.mjs";
import { makeCertificate } from "./certificate.mjs";
import { fingerprint, serve } from "./server.mjs";

export const KEY = makeCertificate();

export const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: payments
stringData:
  password: "correct horse\\n"
  user: payments
`;

/** A SealedSecret as somebody keeps it, with a comment; its values are as long as real ones and open nowhere. */
export function sealedFile() {
  const value = (length) => Buffer.concat([Buffer.from([1, 0]), Buffer.alloc(256 + length + 16, length)]).toString("base64");
  return `# Owned by the payments team.
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: db
  namespace: payments
spec:
  encryptedData:
    ca.crt: ${value(1300)}
    password: ${value(14)}
    user: ${value(8)} # read only
  template:
    metadata:
      name: db
      namespace: payments
`;
}

/** Clusters as a good server lists them. */
export function clusters(key = KEY, name = "prod-eu") {
  return [{ name, certificate: key.pem, fingerprint: fingerprint(key.der) }];
}

/** Call once in a file. Gives a function that sets a scene: server, page, and the page opened unless told otherwise. */
export function stage() {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());
  return async (test, { server = {}, context = {}, opened = true } = {}) => {
    const site = await serve({ clusters: clusters(), ...server });
    test.after(() => site.close());
    const scene = await watchedPage(browser, context);
    test.after(() => scene.context.close());
    if (opened) await open(scene.page, site.url);
    return { ...scene, site };
  };
}
