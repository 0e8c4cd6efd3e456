import { setTimeout as sleep } from "node:timers/promises";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { show } from "../show.mjs";

async function follow(url) {
  for (let last = "0"; ; await sleep(2000)) {
    try {
      const response = await fetch(url, { headers: { "Last-Event-ID": last } });
      if (response.status >= 500) continue; // 503 is a proxy's while it has no gateway
      if (!response.ok) throw new RangeError(await response.text());
      const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
      for await (const { id, data } of events) {
        last = id ?? last;
        if (show(data).type === "ended") return;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch calls everything that happens to a connection a TypeError
      console.error(String(error.cause ?? error));
    }
  }
}

await follow(process.argv[2]);
