import { WebSocket as Reconnecting } from "partysocket";
import WebSocket from "ws";
import { show } from "../show.mjs";

const socket = new Reconnecting(process.argv[2], [], { WebSocket });
socket.addEventListener("message", ({ data }) => {
  if (show(data).type === "ended") socket.close();
});
