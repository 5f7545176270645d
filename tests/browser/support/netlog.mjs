// Reads Chromium's own record of its network: every request of every part of the browser, and the bytes on its sockets.

import { readFileSync } from "node:fs";

const BY_THE_BROWSER = "not an origin";

/** Flags with which Chromium writes it. */
export function recordTo(path) {
  return [`--log-net-log=${path}`, "--net-log-capture-mode=Everything"];
}

/**
 * `asked`: addresses that a page asked for, redirects and navigations included; not what the browser does for itself.
 * `bytes`: everything that went over a socket.
 */
export function readNetLog(path) {
  const { constants, events } = JSON.parse(readFileSync(path, "utf8"));
  const requests = events.filter(({ type, params }) => type === constants.logEventTypes.URL_REQUEST_START_JOB && params?.url);
  const isLoopback = (url) => new URL(url).hostname === "127.0.0.1";
  const asked = requests.filter(({ params: { initiator, url } }) => initiator !== BY_THE_BROWSER || isLoopback(url));
  const parts = events.map(({ params }) => params?.bytes).filter((bytes) => typeof bytes === "string");
  return {
    asked: asked.map(({ params }) => params.url),
    bytes: Buffer.concat(parts.map((part) => Buffer.from(part, "base64"))),
  };
}
