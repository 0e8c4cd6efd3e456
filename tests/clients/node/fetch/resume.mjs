import { setTimeout as sleep } from "node:timers/promises";
import { show } from "../show.mjs";

async function* linesOf(response) {
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

async function follow(url) {
  for (let last = 0; ; await sleep(2000)) {
    try {
      const response = await fetch(`${url}?after=${last}`, { headers: { Accept: "application/x-ndjson" } });
      if (response.status >= 500) continue; // 503 is a proxy's while it has no gateway
      if (!response.ok) throw new RangeError(await response.text());
      for await (const line of linesOf(response)) {
        const event = show(line);
        last = event.seq ?? last; // `heartbeat` and `reconnect` have none
        if (event.type === "ended") return;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch calls everything that happens to a connection a TypeError
      console.error(String(error.cause ?? error));
    }
  }
}

await follow(process.argv[2]);
