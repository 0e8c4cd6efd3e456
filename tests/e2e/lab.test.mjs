// The lab against counters that are not its own: nginx's log, the server's answers, clients in JavaScript.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { EventSource } from "eventsource";
import WebSocket from "ws";
import { binary, startServer, submit, track, until } from "./server.mjs";

const root = new URL("../..", import.meta.url).pathname;

// Runs `streamdemo compare …`; resolves with its exit code and its whole output.
function lab(...args) {
  const child = track(spawn(binary, ["compare", ...args], { stdio: ["ignore", "pipe", "pipe"] }));
  let text = "";
  child.stdout.on("data", (chunk) => { text += chunk; });
  child.stderr.on("data", (chunk) => { text += chunk; });
  const done = new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
  return { child, done, text: () => text };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function startProxy(server) {
  const directory = mkdtempSync(join(tmpdir(), "streamdemo-proxy-"));
  const [http, https] = [await freePort(), await freePort()];
  const child = track(spawn(join(root, "tests/lab/proxy"), ["--upstream", new URL(server.url).host.replace("localhost", "127.0.0.1"),
    "--http", http, "--https", https, "--dir", directory], { stdio: ["ignore", "pipe", "inherit"] }));
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const pid = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once("line", (line) => resolve(/\d+/.exec(line)[0]))),
    exited.then(() => { throw new Error("nginx did not start"); }),
  ]);
  return {
    http: `http://127.0.0.1:${http}`, https: `https://127.0.0.1:${https}`, pid,
    log: () => readFileSync(join(directory, "access.log"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line)),
    async stop() { child.kill("SIGTERM"); await exited; },
  };
}

const output = () => join(mkdtempSync(join(tmpdir(), "streamdemo-lab-test-")), "out.json");
// Every way but the longer intervals of the same poll.
const ways = "classic,poll-1s,poll-100ms,poll-100ms-new,long-poll,sse,json-lines,websocket";
const small = ["--results", "6", "--interval-ms", "60", "--memory-clients", "0", "--rounds", "1"];
const within = (ours, theirs, share, what) =>
  assert.ok(Math.abs(ours - theirs) <= share * theirs, `${what}: the lab says ${ours}, the other counter ${theirs}`);

test("requests and bytes of every transport agree with nginx's log within 2 %", async () => {
  const server = await startServer({ "processor.concurrency": 8 });
  const proxy = await startProxy(server);
  const file = output();
  const run = await lab("--url", proxy.http, "--clients", "4", "--transports", ways, ...small, "--json", file).done;
  assert.equal(run.code, 0, run.text);
  const report = JSON.parse(readFileSync(file));
  // nginx writes a request down once it is over.
  const polled = (row) => proxy.log().filter((l) => l.method === "GET" && row.tasks.some((id) => l.uri.includes(id)));
  assert.equal(report.sections.length, 2);
  assert.deepEqual(report.sections.map((s) => s.rows.length), [9, 9]);
  for (const section of report.sections) {
    for (const row of section.rows.filter((r) => r.transport !== "nobody")) {
      const what = `${section.title}, ${row.transport}`;
      assert.equal(row.complete, row.clients, what);
      assert.equal(row.delivered, row.clients * 6, what);
      await until(`${what} in nginx's log`, () => polled(row).length >= row.requests, 5000);
      const lines = polled(row);
      const sum = (name) => lines.reduce((n, l) => n + l[name], 0);
      assert.equal(row.requests, lines.length, what);
      assert.equal(row.wire.connections, new Set(lines.map((l) => l.connection)).size, what);
      within(row.wire.bytes_received, sum("sent"), 0.02, `${what}, received`);
      // What a WebSocket client sends after its request (the close frame) is no HTTP, and not in nginx's number.
      const frames = row.transport === "websocket" ? 8 * row.clients : 0;
      within(row.wire.bytes_sent - frames, sum("received"), 0.02, `${what}, sent`);
    }
  }
  // Each poll by itself is a connection of its own, each kept one is not.
  const of = (name) => report.sections[1].rows.find((r) => r.transport === name);
  assert.equal(of("poll-100ms-new").wire.connections, of("poll-100ms-new").requests);
  assert.equal(of("poll-100ms").wire.connections, 4);
  assert.equal(of("sse").requests, 4);
  await proxy.stop();
  await server.stop();
});

test("through TLS the same results cost more bytes; a certificate nobody vouches for is refused with a sentence", async () => {
  const server = await startServer({ "processor.concurrency": 8 });
  const proxy = await startProxy(server);
  const file = output();
  const only = ["--transports", "poll-100ms-new,sse,websocket"];
  const args = ["--url", server.url, "--tls-url", proxy.https, "--pid", server.pid, "--proxy-pid", proxy.pid,
                "--clients", "1", ...only, ...small];
  const run = await lab(...args, "--insecure", "--json", file).done;
  assert.equal(run.code, 0, run.text);
  const [one, tls] = JSON.parse(readFileSync(file)).sections;
  assert.equal(tls.tls, true);
  for (const row of tls.rows.slice(1)) {
    const plain = one.rows.find((r) => r.transport === row.transport);
    assert.equal(row.delivered, 6, row.transport);
    // A full handshake with a small certificate is some hundred bytes at the least.
    const extra = row.wire.bytes_received - plain.wire.bytes_received;
    assert.ok(extra > 500 * row.wire.connections * 0.9, `${row.transport}: ${extra} bytes more`);
    assert.ok(row.proxy_cpu_us_per_result > 0 && row.server_cpu_us_per_result > 0, row.transport);
    assert.equal(plain.proxy_cpu_us_per_result, null);
  }
  assert.ok(proxy.log().some((l) => l.tls === "TLSv1.3" && l.uri.includes(tls.rows[1].tasks[0])));
  const refused = await lab(...args).done;
  assert.equal(refused.code, 1);
  assert.match(refused.text, /certificate/i);
  await proxy.stop();
  await server.stop();
});

test("a server that goes away: a sentence, the rows before it kept, exit code 1", async () => {
  const server = await startServer({ "processor.concurrency": 8 });
  const file = output();
  const run = lab("--url", server.url, "--pid", server.pid, "--clients", "2", "--transports", "sse,websocket", "--results", "20",
                  "--interval-ms", "100", "--json", file);
  await until("SSE", () => /SSE/.test(run.text()));
  await until("WebSocket", () => /WebSocket/.test(run.text()));
  server.signal("SIGKILL");
  const { code, text } = await run.done;
  assert.equal(code, 1, text);
  assert.match(text, /the server could not be reached any more/);
  const report = JSON.parse(readFileSync(file));
  const rows = Object.fromEntries(report.sections[0].rows.map((r) => [r.transport, r]));
  assert.equal(rows.sse.delivered, 20);
  assert.ok(rows.sse.server_cpu_us_per_result > 0);
  assert.ok(!rows.websocket || rows.websocket.complete === 0);
  assert.equal(report.sections.length, 1);
  assert.match(report.problems.join(), /could not be reached/);
});

test("no server at the address, and wrong options, are told apart", async () => {
  const nobody = await lab("--url", `http://127.0.0.1:${await freePort()}`, ...small).done;
  assert.equal(nobody.code, 1);
  assert.match(nobody.text, /refused/i);
  const wrong = await lab("--transports", "pigeon").done;
  assert.equal(wrong.code, 2);
  assert.match(wrong.text, /pigeon.*websocket/s);
  for (const which of [[], ["buses"]]) {
    const nowhere = await lab(...which, "--json", "/nowhere/out.json").done;
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.text, /cannot write \/nowhere\/out.json: No such file/);
  }
});

test("the lab's own server: memory of waiting clients, a page, and no process left behind", async () => {
  const file = output();
  const page = file.replace("json", "html");
  const run = lab("--clients", "1", "--memory-clients", "60", "--transports", "poll-1s,sse", "--results", "3",
                  "--interval-ms", "50", "--json", file, "--html", page);
  const { code, text } = await run.done;
  assert.equal(code, 0, text);
  const { sections: [section], waiters } = JSON.parse(readFileSync(file));
  assert.equal(waiters, 60);
  assert.ok(section.rows.slice(1).every((r) => typeof r.server_bytes_per_waiter === "number"));
  assert.match(readFileSync(page, "utf8"), /<svg/);
  const left = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[3] === String(run.child.pid);
    } catch {
      return false;
    }
  });
  assert.deepEqual(left, []);
});

test("buses without Kafka: with the journal each task survives, in memory none does, the missing part is named, exit code 1", async () => {
  const file = output();
  const run = await lab("buses", "--brokers", `127.0.0.1:${await freePort()}`, "--tasks", "8", "--parts", "kill", "--json", file).done;
  assert.equal(run.code, 1, run.text);
  assert.match(run.text, /NOT MEASURED: Kafka: none of 127\.0\.0\.1:\d+ takes connections/);
  const report = JSON.parse(readFileSync(file));
  assert.equal(report.problems.length, 1, run.text);
  const [memory, journal] = report.kills;
  // The whole server dies with its worker, and in memory the tasks with it: eight that run and two that wait.
  assert.deepEqual([memory.bus, memory.tasks, memory.waiting, memory.finished, memory.unknown_after], ["memory", 10, 2, 0, 10]);
  assert.deepEqual([journal.bus, journal.tasks, journal.waiting, journal.finished, journal.unknown_after], ["journal", 10, 2, 10, 0]);
  for (const kill of [memory, journal]) {
    assert.ok(kill.results_before >= 24 && kill.ready_s > 0);
    assert.equal(kill.on_the_killed, 8);
  }
  assert.equal(memory.next_attempt_s, null);
  assert.equal(journal.next_attempt_s.count, 8);
  assert.match(run.text, /with the journal: 10 of 10 tasks finished, 0 were unknown afterwards\. It was ready again/);
});

test("the clients whose lines the lab counts show every event", async () => {
  Object.assign(globalThis, { EventSource, WebSocket });
  const server = await startServer();
  const directory = join(root, "src/compare/report/clients");
  const files = readdirSync(directory);
  assert.equal(files.length, 6);
  for (const file of files) {
    const { follow } = await import(`data:text/javascript,${encodeURIComponent(readFileSync(join(directory, file)))}`);
    const task = await submit(server, "simulate", { results: 5, interval_ms: 20 });
    const urls = Object.fromEntries(Object.entries(task.urls).map(([name, path]) => [name, server.url + path]));
    const shown = [];
    // Without a wait of its own a client that never ends would hold the whole suite.
    let ended = false;
    follow(urls, (event) => shown.push(event)).then(() => { ended = true; });
    await until(`the end in ${file}`, () => ended, 10000);
    assert.deepEqual(shown.filter((e) => e.type === "result").map((e) => e.data.index), [0, 1, 2, 3, 4], file);
    assert.equal(shown.at(-1).type, "ended", file);
  }
  await server.stop();
});
