// Serves dist/ as the controller does (docs/page.md), and can do what no good server does: flip a byte, forbid
// WebAssembly, keep a certificate back.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";

export const DIST = new URL("../../../dist/", import.meta.url).pathname;

const POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self'",
  "connect-src 'self'", "manifest-src 'self'", "font-src 'none'", "media-src 'none'", "object-src 'none'",
  "worker-src 'none'", "frame-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", "trusted-types 'none'",
].join("; ");

export const HEADERS = {
  "Content-Security-Policy": POLICY,
  "Integrity-Policy": "blocked-destinations=(script)",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "X-DNS-Prefetch-Control": "off",
  "Permissions-Policy":
    "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=(), payment=(), "
    + "clipboard-read=(), clipboard-write=(self), browsing-topics=(), interest-cohort=()",
};

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".pem": "application/x-pem-file",
};

/** Colon-separated SHA-256 of a certificate. */
export function fingerprint(der) {
  return createHash("sha256").update(der).digest("hex").toUpperCase().match(/../g).join(":");
}

/**
 * Starts a server on a free port of 127.0.0.1.
 *
 * `clusters`: [{ name, certificate (PEM or null), fingerprint, folder }]; null means that there is no config.json.
 * `under`: a path that the page is served below. `change(name, bytes)`: what a bad server makes of a file.
 * `added`: files that it has besides, by name. `policy(text)`: what it makes of the policy. `hold`: names of files that
 * are never answered.
 */
export async function serve({ clusters = null, under = "/", change, added = {}, policy, hold = [] } = {}) {
  const seen = [];
  const certificates = new Map();
  const list = clusters?.map(({ name, certificate, fingerprint: announced, folder }, index) => {
    const path = index === 0 ? "cert.pem" : `cert-${index}.pem`;
    if (certificate) certificates.set(path, Buffer.from(certificate));
    return { name, certificate: path, fingerprint: announced ?? "", folder };
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    seen.push({ method: request.method, path, url: request.url, headers: request.headers });
    const name = path.startsWith(under) ? path.slice(under.length) || "index.html" : "-";
    if (hold.includes(name)) return;
    const { bytes, encoding } = name in added ? { bytes: added[name] } : find(name, list, certificates, request.headers["accept-encoding"] ?? "", change);
    for (const [header, value] of Object.entries(HEADERS)) response.setHeader(header, value);
    if (policy) response.setHeader("Content-Security-Policy", policy(POLICY));
    if (!bytes) {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("not found\n");
      return;
    }
    // Trunk leaves the zeros out that a hash begins with.
    const hashed = /-[0-9a-f]{10,16}(_bg)?\.\w+$/.test(name);
    response.writeHead(200, {
      "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
      "Cache-Control": hashed ? "public, max-age=31536000, immutable" : "no-store",
      Vary: "Accept-Encoding",
      ...(name === "sealer.html" ? { "Content-Disposition": 'attachment; filename="sealer.html"' } : {}),
      ...(encoding ? { "Content-Encoding": encoding } : {}),
    }).end(bytes);
  });
  const sockets = [];
  server.on("connection", (socket) => sockets.push(socket));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${under}`,
    seen,
    /** Goes without a farewell: nothing more is sent on its connections, by either side. */
    vanish: () => {
      for (const socket of sockets) socket.resetAndDestroy();
      server.close();
    },
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

function find(name, list, certificates, accepted, change) {
  if (name === "config.json") return { bytes: list && Buffer.from(JSON.stringify({ clusters: list })) };
  if (certificates.has(name)) return { bytes: certificates.get(name) };
  if (!/^[\w.-]+$/.test(name) || name.startsWith(".")) return {};
  const file = join(DIST, name);
  const changed = existsSync(file) ? change?.(name, readFileSync(file)) : undefined;
  if (changed) return { bytes: changed };
  for (const [encoding, ending] of [["br", ".br"], ["gzip", ".gz"]]) {
    if (accepted.includes(encoding) && existsSync(file + ending)) {
      return { bytes: readFileSync(file + ending), encoding };
    }
  }
  return { bytes: existsSync(file) ? readFileSync(file) : undefined };
}
