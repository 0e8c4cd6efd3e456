import { EventSource } from "undici";
import { show } from "../show.mjs";

const source = new EventSource(process.argv[2]);
// Each event has its name: `onmessage` would see none of them.
for (const type of ["accepted", "started", "result", "progress", "log", "ended"]) {
  source.addEventListener(type, (message) => {
    if (show(message.data).type === "ended") source.close();
  });
}
