import { EventSource } from "undici";
import { show } from "../show.mjs";

let last = 0;

function connect(url) {
  const source = new EventSource(`${url}?after=${last}`);
  // Each event has its name: `onmessage` would see none of them.
  for (const type of ["accepted", "started", "result", "progress", "log", "ended"]) {
    source.addEventListener(type, (message) => {
      last = show(message.data).seq;
      if (type === "ended") source.close();
    });
  }
  // It comes back after a cut, but never after a refusal, and its `readyState` does not tell them apart.
  source.onerror = () => {
    source.onerror = null; // it may tell a cut twice
    source.close();
    setTimeout(connect, 2000, url);
  };
}

connect(process.argv[2]);
