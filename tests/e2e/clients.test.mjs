// Clients that we did not write: npm ws, npm eventsource, fetch and curl. All see the same history.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { EventSource } from "eventsource";
import WebSocket from "ws";
import { historyOf, startServer, submit } from "./server.mjs";

const run = promisify(execFile);
const types = ["accepted", "started", "result", "progress", "log", "ended"];
let server;
before(async () => { server = await startServer(); });
after(async () => {
  const end = await server.stop();
  assert.equal(end.code, 0, server.errors());
});

function overEventSource(url) {
  return new Promise((resolve, reject) => {
    const events = [];
    const source = new EventSource(url);
    source.onerror = (e) => { source.close(); reject(new Error(`EventSource: ${e.code} ${e.message}`)); };
    for (const type of types) {
      source.addEventListener(type, (m) => {
        events.push(m.data);
        if (type !== "ended") return;
        source.close();
        resolve(events);
      });
    }
  });
}

// Not a signal, such as where a task stands that has to wait.
const isEvent = (text) => JSON.parse(text).seq > 0;

function overWebSocket(url, first) {
  return new Promise((resolve, reject) => {
    const events = [];
    const socket = new WebSocket(url.replace("http", "ws"), "streamdemo.v1");
    socket.on("open", () => { if (first) socket.send(first); });
    socket.on("message", (data, binary) => {
      assert.equal(binary, false);
      if (isEvent(data)) events.push(data.toString());
    });
    socket.on("error", reject);
    socket.on("close", (code) => resolve({ events, code, protocol: socket.protocol }));
  });
}

const curl = async (...args) => (await run("curl", ["-sS", "--max-time", "30", ...args], { maxBuffer: 1 << 26 })).stdout;

test("EventSource, WebSocket, JSON lines and poll give the same bytes, live and afterwards", async () => {
  const task = await submit(server, "simulate", { results: 20, interval_ms: 20 });
  const events = server.url + task.urls.events;
  const live = await Promise.all([
    overEventSource(events),
    overWebSocket(server.url + task.urls.socket),
    curl("-N", "-H", "Accept: application/x-ndjson", events),
  ]);
  const [sse, socket, lines] = [live[0], live[1].events, live[2].trimEnd().split("\n").filter(isEvent)];
  assert.deepEqual(socket, sse);
  assert.deepEqual(lines, sse);
  assert.equal(live[1].code, 1000);
  assert.equal(live[1].protocol, "streamdemo.v1");
  assert.deepEqual(await overEventSource(events), sse);
  assert.deepEqual((await overWebSocket(server.url + task.urls.socket)).events, sse);
  const poll = await curl(server.url + task.urls.self);
  for (const event of sse) assert.ok(poll.includes(event), `the poll's answer lacks ${event}`);

  const parsed = sse.map((e) => JSON.parse(e));
  assert.deepEqual(parsed.map((e) => e.seq), parsed.map((_, i) => i + 1));
  assert.deepEqual(parsed.filter((e) => e.type === "result").map((e) => e.data.index), [...Array(20).keys()]);
  assert.equal(parsed.at(-1).data.status, "succeeded");
});

test("an EventSource that comes back with its cursor misses nothing and sees nothing twice", async () => {
  const task = await submit(server, "simulate", { results: 10, interval_ms: 30 });
  const all = await historyOf(server, task.request_id);
  for (let cursor = 1; cursor < all.length; ++cursor) {
    const events = await overEventSource(`${server.url}${task.urls.events}?after=${cursor}`);
    assert.deepEqual(events.map((e) => JSON.parse(e)), all.slice(cursor));
  }
});

test("a task submitted over WebSocket streams on the same socket", async () => {
  const { events, code } = await overWebSocket(`${server.url}/api/simulate`, JSON.stringify({ results: 3, interval_ms: 1 }));
  assert.equal(code, 1000);
  const parsed = events.map((e) => JSON.parse(e));
  assert.equal(parsed[0].type, "accepted");
  assert.equal(parsed.at(-1).data.status, "succeeded");
  assert.equal(parsed.filter((e) => e.type === "result").length, 3);
});

test("curl submits and streams in one call, and Prefer: wait returns the end", async () => {
  const body = JSON.stringify({ results: 3, interval_ms: 5 });
  const json = ["-H", "Content-Type: application/json", "-d", body];
  const stream = await curl("-N", "-H", "Accept: text/event-stream", ...json, `${server.url}/api/simulate`);
  assert.match(stream, /\nevent: ended\n/);
  const waited = await curl("-i", "-H", "Prefer: wait=20", ...json, `${server.url}/api/simulate`);
  assert.match(waited, /^HTTP\/1\.1 200 /);
  assert.match(waited, /succeeded/);
});

test("the same Idempotency-Key gives the same task, and another payload is refused", async () => {
  const headers = { "Idempotency-Key": "order-1" };
  const one = await submit(server, "simulate", { results: 1, interval_ms: 1 }, headers);
  const two = await submit(server, "simulate", { results: 1, interval_ms: 1 }, headers);
  assert.equal(one.request_id, two.request_id);
  await assert.rejects(submit(server, "simulate", { results: 2, interval_ms: 1 }, headers), /^Error: 422/);
});

test("cancel ends a task, twice is fine, and going away does not", async () => {
  const task = await submit(server, "simulate", { results: 1000, interval_ms: 50 });
  const socket = new WebSocket((server.url + task.urls.socket).replace("http", "ws"));
  await new Promise((resolve) => socket.once("message", resolve));
  socket.terminate();
  const still = await (await fetch(server.url + task.urls.self)).json();
  assert.ok(["queued", "running"].includes(still.status));
  for (let i = 0; i < 2; ++i) {
    const response = await fetch(server.url + task.urls.cancel, { method: "POST" });
    assert.ok(response.ok, `${response.status}`);
  }
  const all = await historyOf(server, task.request_id);
  assert.equal(all.at(-1).data.status, "canceled");
});

// One socket for many tasks. answer(message) gives the frame that answers it; events(id) those of a task so far.
class Many {
  #answers = new Map();
  #events = new Map();
  #watchers = [];
  constructor(url) {
    this.socket = new WebSocket(url.replace("http", "ws") + "/api/stream", "streamdemo.v1");
    this.opened = new Promise((resolve, reject) => { this.socket.on("open", resolve); this.socket.on("error", reject); });
    this.closed = new Promise((resolve) => this.socket.on("close", (code) => resolve(code)));
    this.socket.on("message", (data) => this.#take(data.toString()));
  }
  #take(text) {
    const frame = JSON.parse(text);
    if (frame.seq) this.events(frame.request_id).push(text);
    else this.#answers.get(frame.ref)?.(frame);
    this.#watchers = this.#watchers.filter((w) => !w());
  }
  events(id) {
    if (!this.#events.has(id)) this.#events.set(id, []);
    return this.#events.get(id);
  }
  answer(message) {
    const ref = `m${this.#answers.size}`;
    return new Promise((resolve) => {
      this.#answers.set(ref, resolve);
      this.socket.send(JSON.stringify({ ref, ...message }));
    });
  }
  ended(id) {
    const over = () => this.events(id).at(-1)?.startsWith('{"type":"ended"');
    return over() ? Promise.resolve() : new Promise((resolve) => this.#watchers.push(() => over() && (resolve(), true)));
  }
}

test("a hundred tasks on one socket give the same bytes as a socket each", async () => {
  const many = new Many(server.url);
  await many.opened;
  const payload = { results: 5, interval_ms: 10 };
  const tasks = await Promise.all([...Array(100)].map(() => many.answer({ action: "submit", kind: "simulate", payload })));
  assert.equal(new Set(tasks.map((t) => t.request_id)).size, 100);
  await Promise.all(tasks.map((t) => many.ended(t.request_id)));
  // Side by side: a socket to a task that has ended stays open for a second.
  const alone = await Promise.all(tasks.map((t) => overWebSocket(server.url + t.urls.socket)));
  tasks.forEach((t, i) => assert.deepEqual(many.events(t.request_id), alone[i].events));
  many.socket.close(1000);
  assert.equal(await many.closed, 1000);
});

test("a task canceled on the shared socket ends, and a bad message names its reason before 4500", async () => {
  const many = new Many(server.url);
  await many.opened;
  const task = await many.answer({ action: "submit", kind: "simulate", payload: { results: 1000, interval_ms: 1000 } });
  const canceled = await many.answer({ action: "cancel", request_id: task.request_id });
  assert.equal(canceled.status, "canceled");
  await many.ended(task.request_id);
  const wrong = await many.answer({ action: "dance" });
  assert.equal(wrong.type, "error");
  assert.equal(wrong.problem.status, 400);
  assert.equal(await many.closed, 4500);
});
