import { show } from "../show.mjs";

let last = 0;

function connect(url) {
  let done = false;
  const socket = new WebSocket(`${url}?after=${last}`);
  socket.onmessage = ({ data }) => {
    const event = show(data);
    last = event.seq ?? last;
    done = event.type === "ended";
  };
  socket.onclose = () => done || setTimeout(connect, 2000, url); // also after an error
}

connect(location.hash.slice(1));
