import { fetchEventSource } from "@fortaine/fetch-event-source";
import { show } from "../show.mjs";

await fetchEventSource(location.hash.slice(1), {
  onmessage: ({ data }) => show(data),
});
