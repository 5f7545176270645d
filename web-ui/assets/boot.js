// Loads the sealing code, locks the page, and only then hands it over.
//
// 1. Everything that the page will ever need is fetched: the code, against its hashes; the certificates.
// 2. A <meta> policy `default-src 'none'` is added. Policies only add up, so that from then on the browser
//    refuses every request, to this page's own server too.
// 3. The page starts and begins to read what was typed.

const CERTIFICATE_PATIENCE_MS = 8000;
const RECORD_PATIENCE_MS = 250;

// Not document.currentScript: that is null in modules.
const { glue, wasm, wasmIntegrity } = document.getElementById("boot").dataset;
const here = (path) => new URL(path, document.baseURI);

class Failure extends Error {
  constructor(message) {
    super(message);
    this.message = message;
  }
}

// Which of the messages in index.html is true of a part that did not come: the browser doesn't say why it
// refused, but it does record that the server answered.
async function partFailure(address) {
  const answers = (await recorded(address.href)).map((entry) => entry.responseStatus);
  return new Failure(answers.includes(200) ? "changed" : "missing");
}

// What the browser has recorded of a request: a moment after its end, and not every browser records all. So the
// page does not wait long.
async function recorded(href) {
  const patience = performance.now() + RECORD_PATIENCE_MS;
  while (performance.getEntriesByName(href).length === 0 && performance.now() < patience) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.getEntriesByName(href);
}

async function code() {
  if (typeof WebAssembly !== "object") throw new Failure("no-wasm");
  const [module, response] = await Promise.all([
    // Its hash stands in the modulepreload link of index.html.
    import(here(glue)).catch(async () => { throw await partFailure(here(glue)); }),
    get(here(wasm), { integrity: wasmIntegrity }).catch(async () => { throw await partFailure(here(wasm)); }),
  ]);
  if (!response.ok) throw new Failure("missing");
  await module.default({ module_or_path: response }).catch(() => {
    throw new Failure("blocked");
  });
  return module;
}

// The clusters that this server seals for. Without a list, and without a certificate, the page asks for one.
async function clusters() {
  try {
    const signal = AbortSignal.timeout(CERTIFICATE_PATIENCE_MS);
    const list = await (await get(here("config.json"), { signal })).json();
    return await Promise.all(list.clusters.map(async ({ name, certificate, fingerprint, folder }) => ({
      name: String(name),
      fingerprint: String(fingerprint ?? ""),
      folder: String(folder ?? ""),
      pem: await text(here(certificate), signal).catch(() => ""),
    })));
  } catch {
    return [];
  }
}

async function text(address, signal) {
  if (address.origin !== location.origin) return "";
  const response = await get(address, { signal });
  return response.ok ? response.text() : "";
}

function get(address, options) {
  return fetch(address, { credentials: "same-origin", referrerPolicy: "no-referrer", ...options });
}

// The browser fetches the icon by itself, right after the page's own parts, and the lock would forbid it.
async function icon() {
  if (document.readyState !== "complete") {
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  }
  const { href } = document.querySelector("link[rel=icon]");
  await recorded(href);
}

function lock() {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "default-src 'none'; base-uri 'none'; form-action 'none'";
  document.head.append(policy);
}

try {
  const [module, known] = await Promise.all([code(), clusters(), icon()]);
  lock();
  module.start(known.flatMap(({ name, fingerprint, pem, folder }) => [name, fingerprint, pem, folder]));
} catch (error) {
  const reason = error instanceof Failure ? error.message : "broken";
  document.getElementById("loading").hidden = true;
  document.getElementById(`failed-${reason}`).hidden = false;
}
