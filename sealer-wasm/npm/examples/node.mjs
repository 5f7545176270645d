// Seals one value:  node node.mjs cert.pem payments db password < value

import { readFileSync } from "node:fs";

import { init, seal } from "sealwright";

const [certificate, namespace, name, key] = process.argv.slice(2);
await init();
process.stdout.write(seal({
  cert: readFileSync(certificate, "utf8"),
  namespace,
  name,
  data: { [key]: readFileSync(0) },
}));
