import { EventSource } from "eventsource";
import { show } from "../show.mjs";

// While it waits to come back, version 5 does not hold the process, which would end then, without an error.
const alive = setInterval(() => {}, 60_000);
const source = new EventSource(process.argv[2]);
// Each event has its name: `onmessage` would see none of them.
for (const type of ["accepted", "started", "result", "progress", "log", "ended"]) {
  source.addEventListener(type, (message) => {
    if (show(message.data).type !== "ended") return;
    source.close();
    clearInterval(alive);
  });
}
