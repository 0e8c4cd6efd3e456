// What every reader of a history does with what comes, whichever page it is on: { cursor, repeated, missed }. Pure.

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

// A part of the history is no longer kept: each of its events is missed, and the reader's cursor goes on behind it.
export function skip(reader, gap) {
  const next = Number(gap.kept_from ?? gap.to + 1);
  if (!(next > reader.cursor + 1)) return;
  reader.missed += next - 1 - reader.cursor;
  reader.cursor = next - 1;
}

// The task's status behind this event.
export function statusAfter(status, event) {
  if (event.type === "started") return "running";
  return event.type === "ended" ? event.data?.status ?? "failed" : status;
}
