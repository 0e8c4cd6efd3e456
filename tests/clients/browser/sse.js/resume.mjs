import { SSE } from "sse.js";
import { show } from "../show.mjs";

// By itself it asks for anything, and a proxy without a gateway does not take it for an EventSource.
const headers = { Accept: "text/event-stream" };
const source = new SSE(location.hash.slice(1), { autoReconnect: true, reconnectDelay: 2000, headers });
// Each event has its name: `onmessage` would see none of them.
for (const type of ["accepted", "started", "result", "progress", "log", "ended"]) {
  source.addEventListener(type, (message) => {
    if (show(message.data).type === "ended") source.close();
  });
}
