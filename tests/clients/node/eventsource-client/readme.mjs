import { createEventSource } from "eventsource-client";
import { show } from "../show.mjs";

const source = createEventSource(process.argv[2]);
for await (const { data } of source) {
  if (show(data).type === "ended") break;
}
source.close(); // to break off is not to close
