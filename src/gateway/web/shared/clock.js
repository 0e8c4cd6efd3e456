// Times: the browser's, the server's, and how far they are apart. In milliseconds since 1970, with fractions. Pure but
// for now().

export const now = () => performance.timeOrigin + performance.now();

// "2026-11-22T10:00:00.123456Z". Date.parse knows no microseconds.
export function timeOf(text) {
  const [, seconds, fraction] = /^(.*?)(?:\.(\d+))?Z$/.exec(text);
  return Date.parse(`${seconds}Z`) + Number(`0.${fraction ?? 0}`) * 1000;
}

// One look at the server's clock: it read `server` somewhere between our `sent` and `received`.
export const look = (sent, server, received) => ({ offset: server - (sent + received) / 2, error: (received - sent) / 2 });

// The quickest look says most.
export const best = (looks) => looks.reduce((a, b) => (b.error < a.error ? b : a));
