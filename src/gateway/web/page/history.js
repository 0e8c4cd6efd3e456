// What the page knows of one task: the fold of its events, whatever transport brought them. Pure; no DOM.
import { timeOf } from "../shared/clock.js";
import { advance, restarts, statusAfter } from "../shared/reader.js";

export function emptyHistory(id) {
  return {
    id, cursor: 0, status: "queued", fraction: null, kind: "", attempt: 0, error: "", place: null,
    events: [], results: [], deliveries: [], repeated: 0, missed: 0,
  };
}

// Takes one event as delivered now by `via`; returns false when it had been here before.
export function take(history, event, via, now) {
  if (!advance(history, event.seq)) return false;
  history.events.push(event);
  history.attempt = event.attempt;
  history.status = statusAfter(history.status, event);
  const data = event.data ?? {};
  switch (event.type) {
    case "accepted":
      history.kind = data.kind ?? "";
      break;
    case "started":
      if (restarts(event)) history.results = [];
      break;
    case "progress":
      if (typeof data.fraction === "number") history.fraction = data.fraction;
      break;
    case "result":
      history.results.push(event);
      break;
    case "ended":
      history.error = data.error?.message ?? "";
      if (history.status === "succeeded") history.fraction = 1;
      break;
  }
  history.deliveries.push({ seq: event.seq, type: event.type, via, existed: timeOf(event.time), here: now });
  return true;
}
