// What the page knows of one task: the fold of its events, whatever transport brought them. Pure; no DOM.

export function emptyHistory(id) {
  return {
    id, cursor: 0, status: "queued", fraction: null, kind: "", attempt: 0, error: "",
    events: [], results: [], deliveries: [], repeated: 0, missed: 0,
  };
}

// Moves a reader's cursor to `seq`, and counts what is missing before it; false when it was passed before.
export function advance(reader, seq) {
  if (seq <= reader.cursor) {
    reader.repeated += 1;
    return false;
  }
  reader.missed += seq - reader.cursor - 1;
  reader.cursor = seq;
  return true;
}

// The task's status behind this event.
export function statusAfter(status, event) {
  if (event.type === "started") return "running";
  return event.type === "ended" ? event.data?.status ?? "failed" : status;
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
      if (!event.resumed) history.results = [];
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
  history.deliveries.push({ seq: event.seq, type: event.type, via, existed: Date.parse(event.time), here: now });
  return true;
}

// A part of the history is no longer kept: each of its events is missed, and the reader's cursor goes on behind it.
export function skip(reader, gap) {
  const next = Number(gap.kept_from ?? gap.to + 1);
  if (!(next > reader.cursor + 1)) return;
  reader.missed += next - 1 - reader.cursor;
  reader.cursor = next - 1;
}
