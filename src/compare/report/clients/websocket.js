// WebSocket: coming again with the cursor is up to the client.
export function follow(urls, show, after = 0) {
  return new Promise((done) => {
    const socket = new WebSocket(`${urls.socket.replace(/^http/, "ws")}?after=${after}`, "streamdemo.v1");
    let ended = false;
    socket.onmessage = (message) => {
      const event = JSON.parse(message.data);
      if (!event.seq) return;
      show(event);
      after = event.seq;
      ended = event.type === "ended";
    };
    socket.onerror = () => {};
    socket.onclose = () => (ended ? done() : setTimeout(() => done(follow(urls, show, after)), 1000));
  });
}
