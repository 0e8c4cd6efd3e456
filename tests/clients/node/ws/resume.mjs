import WebSocket from "ws";
import { show } from "../show.mjs";

let last = 0;

function connect(url) {
  let done = false;
  const socket = new WebSocket(`${url}?after=${last}`);
  socket.on("error", (error) => console.error(String(error))); // a `close` follows
  socket.on("message", (data) => {
    const event = show(data.toString());
    last = event.seq ?? last;
    done = event.type === "ended";
  });
  socket.on("close", () => done || setTimeout(connect, 2000, url));
}

connect(process.argv[2]);
