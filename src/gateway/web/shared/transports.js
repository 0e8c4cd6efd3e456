// The four ways to the same history. Each is start(id, cursor, hooks) → stop(); all know one cursor, the last seq.
// hooks: event(object), gap(object), queued(object), which may be missing, request(), received({ bytes, empty, head }) with the size of what came, as far as a
// page can see it, trouble(text or null), failed(Error), done().
import { asError, request, urlsOf } from "./api.js";
import { cursorBehind } from "./reader.js";

export const sizeOf = (text) => new TextEncoder().encode(text).length;

const retryDelays = [500, 1000, 2000, 4000];
// Before the next try, in ms; `attempt`: tries in vain so far.
export const retryDelay = (attempt) => retryDelays[Math.min(attempt, retryDelays.length - 1)];

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

// Both polls: ask, hand out, ask again. They differ in who waits: the server, or we.
function polling({ wait, interval }) {
  return (id, cursor, hooks) => {
    const stopper = new AbortController();
    const run = async () => {
      for (let attempt = 0; !stopper.signal.aborted;) {
        let answer = null;
        try {
          hooks.request();
          const headers = wait ? { Prefer: `wait=${wait}` } : {};
          // Not through the browser's cache: Chromium lets one request for an address wait for another one that is under
          // way, so a poll would stand behind somebody's long poll.
          const response = await request(`${urlsOf(id).self}?after=${cursor}`,
                                         { headers, signal: stopper.signal, cache: "no-store" });
          if (response.status === 410) {
            const problem = await response.json();
            hooks.gap(problem);
            cursor = cursorBehind(problem);
            continue;
          }
          if (!response.ok) throw await asError(response);
          const body = await response.arrayBuffer();
          answer = JSON.parse(new TextDecoder().decode(body));
          hooks.received({ bytes: body.byteLength, empty: answer.events.length === 0, head: true });
          attempt = 0;
          hooks.trouble(null);
        } catch (e) {
          if (stopper.signal.aborted) return;
          if (e.status >= 400 && e.status < 500 && e.status !== 429) return hooks.failed(e);
          hooks.trouble(e.message);
          const delay = e.retryAfter ? e.retryAfter * 1000 : retryDelay(attempt);
          attempt += 1;
          await pause(delay, stopper.signal);
          continue;
        }
        if (answer.queued) hooks.queued?.(answer.queued);
        for (const event of answer.events) {
          if (stopper.signal.aborted) return;
          hooks.event(event);
          cursor = event.seq;
          if (event.type === "ended") return hooks.done();
        }
        if (!wait && !answer.more) await pause(interval(), stopper.signal);
      }
    };
    run();
    return () => stopper.abort();
  };
}

const types = ["accepted", "started", "result", "progress", "log", "ended"];

function sse(id, cursor, hooks) {
  let source = null;
  let timer = null;
  let attempt = 0;
  const take = (message) => {
    const event = JSON.parse(message.data);
    hooks.received({ bytes: sizeOf(`id: ${message.lastEventId}\nevent: ${message.type}\ndata: ${message.data}\n\n`) });
    cursor = event.seq;
    attempt = 0;
    hooks.event(event);
    if (event.type === "ended") {
      source.close();
      hooks.done();
    }
  };
  const open = () => {
    hooks.request();
    source = new EventSource(`${urlsOf(id).events}?after=${cursor}`);
    source.onopen = () => {
      hooks.received({ bytes: 0, head: true });
      hooks.trouble(null);
    };
    for (const type of types) source.addEventListener(type, take);
    source.addEventListener("gap", (m) => hooks.gap(JSON.parse(m.data)));
    source.addEventListener("queued", (m) => hooks.queued?.(JSON.parse(m.data)));
    source.addEventListener("expiring", () => dispatchEvent(new Event("expiring")));
    source.onerror = async () => {
      // CONNECTING: the browser tries again by itself, with its Last-Event-ID. CLOSED: the server said no.
      if (source.readyState === EventSource.CONNECTING) {
        hooks.request();
        return hooks.trouble("The stream broke off; reconnecting.");
      }
      const delay = retryDelay(attempt++);
      const answer = await request(`${urlsOf(id).self}?after=${cursor}`).catch(() => null);
      if (answer && answer.status >= 400 && answer.status < 500) return hooks.failed(await asError(answer));
      hooks.trouble("The stream ended early; reconnecting.");
      timer = setTimeout(open, delay);
    };
  };
  open();
  return () => { clearTimeout(timer); source.onerror = null; source.close(); };
}

// A WebSocket frame from a server: its head (RFC 6455 section 5.2) and the text.
export function frameSize(text) {
  const size = sizeOf(text);
  return size + (size < 126 ? 2 : size <= 0xffff ? 4 : 10);
}

export function openSocket(address) {
  const url = new URL(address, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return new WebSocket(url, "streamdemo.v1");
}

// A socket is closed when its session ends, even if the browser has another one by now.
async function isSignedIn() {
  const answer = await request("/api/session").catch(() => null);
  return !answer || (answer.ok && (await answer.json()).signed_in);
}

// Why a socket that closed would be refused again; null: another try may help.
export async function refusalOf({ code, reason }) {
  if (code === 3000 && !await isSignedIn()) return new Error("You are signed out. Load the page again to sign in.");
  return code >= 4500 ? new Error(reason || `The socket was closed with ${code}`) : null;
}

function websocket(id, cursor, hooks) {
  let socket = null;
  let timer = null;
  let attempt = 0;
  let stopped = false;
  let ended = false;
  const open = () => {
    hooks.request();
    socket = openSocket(`${urlsOf(id).events}?after=${cursor}`);
    socket.onopen = () => {
      hooks.received({ bytes: 0, head: true });
      hooks.trouble(null);
    };
    socket.onmessage = (message) => {
      if (stopped) return;
      hooks.received({ bytes: frameSize(message.data) });
      const event = JSON.parse(message.data);
      if (event.type === "gap") return hooks.gap(event);
      if (event.type === "queued") return hooks.queued?.(event);
      if (event.type === "expiring") dispatchEvent(new Event("expiring"));
      if (!event.seq) return;
      cursor = event.seq;
      attempt = 0;
      ended = event.type === "ended";
      hooks.event(event);
    };
    socket.onclose = async (e) => {
      if (stopped) return;
      if (ended || e.code === 1000) return hooks.done();
      const refusal = await refusalOf(e);
      if (stopped) return;
      if (refusal) return hooks.failed(refusal);
      hooks.trouble("The socket broke off; reconnecting.");
      timer = setTimeout(open, retryDelay(attempt++));
    };
  };
  open();
  return () => { stopped = true; clearTimeout(timer); socket.close(1000); };
}

export function makeTransports(pollInterval) {
  return {
    sse,
    websocket,
    longpoll: polling({ wait: 25 }),
    poll: polling({ wait: 0, interval: pollInterval }),
  };
}

export const transportNames = { sse: "SSE", websocket: "WebSocket", longpoll: "Long poll", poll: "Poll" };
