import ReconnectingEventSource from "reconnecting-eventsource";
import { show } from "../show.mjs";

const source = new ReconnectingEventSource(location.hash.slice(1));
// Each event has its name: `onmessage` would see none of them.
for (const type of ["accepted", "started", "result", "progress", "log", "ended"]) {
  source.addEventListener(type, (message) => {
    if (show(message.data).type === "ended") source.close();
  });
}
