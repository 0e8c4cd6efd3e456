// JSON lines: a line is an event; lines come in pieces, and the connection may end before the task.
export async function follow(urls, show) {
  for (let after = 0; ;) {
    try {
      const answer = await fetch(`${urls.events}?after=${after}`, { headers: { Accept: "application/x-ndjson" } });
      const decoder = new TextDecoder();
      let rest = "";
      for await (const piece of answer.body) {
        const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
        rest = lines.pop();
        for (const event of lines.map((line) => JSON.parse(line)).filter((event) => event.seq)) {
          show(event);
          after = event.seq;
          if (event.type === "ended") return;
        }
      }
    } catch { /* the server is away: come again with the cursor */ }
    await new Promise((wake) => setTimeout(wake, 1000));
  }
}
