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
  const behind = cursorBehind(gap);
  if (!(behind > reader.cursor)) return;
  reader.missed += behind - reader.cursor;
  reader.cursor = behind;
}

// Where to go on: polls tell the first event that is kept, streams the last one that is gone (`to`).
export const cursorBehind = (gap) => Number(gap.kept_from ?? gap.to + 1) - 1;

// A run that does not resume begins anew: the results before it are void.
export const restarts = (event) => event.type === "started" && !event.resumed;

export const isOver = (status) => !["queued", "running"].includes(status);

// The task's status behind this event.
export function statusAfter(status, event) {
  if (event.type === "started") return "running";
  return event.type === "ended" ? event.data?.status ?? "failed" : status;
}
