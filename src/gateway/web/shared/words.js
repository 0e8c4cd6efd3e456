// Numbers as people say them. Pure.

export function duration(ms) {
  if (!Number.isFinite(ms)) return "–";
  if (ms < 0.05) return "< 0.1 ms";
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`;
}

// A time that somebody chose.
export const setting = (ms) => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);

// A time that was told in whole milliseconds.
export const roughDuration = (ms) => (Number.isFinite(ms) && ms < 1.5 ? "≤ 1 ms" : duration(ms));

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999500) return `${(bytes / 1000).toFixed(bytes < 99500 ? 1 : 0)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
export const times = (n) => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);
// Two digits: more would claim too much.
export const ratio = (r) => (r < 10 ? r.toFixed(1) : String(Number(r.toPrecision(2))));
