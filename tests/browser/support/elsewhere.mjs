// Somewhere that a page could send things to: a server on loopback that takes whatever comes, over HTTP, WebSocket and
// UDP, and keeps it.

import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:http";

const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3

/** `arrived` is kept as soon as anything came. */
export async function elsewhere() {
  const seen = [];
  const sockets = [];
  let note;
  const arrived = new Promise((resolve) => {
    note = (what) => {
      seen.push(what);
      resolve();
    };
  });
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    note({ what: `${request.method} ${request.url}`, headers: request.headers, body: Buffer.concat(parts).toString("latin1") });
    // No content: whoever leaves for here stays where they are.
    response.writeHead(204).end();
  });
  server.on("upgrade", (request, socket) => {
    const key = createHash("sha1").update(request.headers["sec-websocket-key"] + WEBSOCKET_GUID).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
    // A frame, masked as browsers do it; what it says is read in the browser.
    socket.on("data", (frame) => note({ what: "a WebSocket frame", bytes: frame.length }));
    socket.on("error", () => socket.destroy());
    // The server counts it no more among its own.
    sockets.push(socket);
  });
  const datagrams = createSocket("udp4", (packet) => note({ what: "a UDP packet", body: packet.toString("latin1") }));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  await new Promise((resolve) => datagrams.bind(0, "127.0.0.1", resolve));
  return {
    seen,
    arrived,
    http: `http://127.0.0.1:${server.address().port}/`,
    udp: `127.0.0.1:${datagrams.address().port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => datagrams.close(resolve));
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
