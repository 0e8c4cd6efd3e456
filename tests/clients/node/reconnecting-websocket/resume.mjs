import Reconnecting from "reconnecting-websocket";
import WebSocket from "ws";
import { show } from "../show.mjs";

let last = 0;
// A function, so that it comes back with the cursor of now.
const socket = new Reconnecting(() => `${process.argv[2]}?after=${last}`, [], { WebSocket });
socket.addEventListener("message", ({ data }) => {
  const event = show(data);
  last = event.seq ?? last;
  if (event.type === "ended") socket.close(); // else it would come again for ever
});
