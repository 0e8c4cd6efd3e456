// Server-sent events: the browser reconnects by itself, with the cursor.
export function follow(urls, show) {
  return new Promise((done) => {
    const source = new EventSource(urls.events);
    for (const type of ["accepted", "started", "result", "progress", "log", "ended"]) {
      source.addEventListener(type, (message) => {
        show(JSON.parse(message.data));
        if (type === "ended") done(source.close());
      });
    }
  });
}
