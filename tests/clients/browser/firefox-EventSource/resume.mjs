import { show } from "../show.mjs";

let last = 0;

function connect(url) {
  const source = new EventSource(`${url}?after=${last}`);
  // Each event has its name: `onmessage` would see none of them.
  for (const type of ["accepted", "started", "result", "progress", "log", "ended"]) {
    source.addEventListener(type, (message) => {
      const event = show(message.data);
      last = event.seq;
      if (type === "ended") source.close();
    });
  }
  // It comes back after a cut, but not after a refusal by a server of another origin.
  source.onerror = () => source.readyState === EventSource.CLOSED && setTimeout(connect, 2000, url);
}

connect(location.hash.slice(1));
