import { EventSource } from "launchdarkly-eventsource";
import { show } from "../show.mjs";

const source = new EventSource(process.argv[2]);
source.onerror = (error) => console.error(error.message ?? "cut"); // else it would throw
// Each event has its name: `onmessage` would see none of them.
for (const type of ["accepted", "started", "result", "progress", "log", "ended"]) {
  source.addEventListener(type, (message) => {
    if (show(message.data).type === "ended") source.close();
  });
}
