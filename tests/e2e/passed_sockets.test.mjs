// Listening sockets that a service manager passes on (sd_listen_fds(3)).
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { binary, launchServer, track, until } from "./server.mjs";

const holder = join(import.meta.dirname, "socket_holder.py");

function settings(more = {}) {
  const directory = mkdtempSync(join(tmpdir(), "streamdemo-passed-"));
  const all = { "management.port": 0, "artifacts.directory": join(directory, "artifacts"), "inprocess.directory": join(directory, "journal"), "gateway.drain_ms": 1000, ...more };
  return Object.entries(all).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
}

// One request on a connection of its own.
function get(url) {
  return new Promise((resolve) => {
    const r = request(url, { agent: new Agent(), timeout: 20000 }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
      response.on("error", (e) => resolve(e.code));
    });
    r.on("timeout", () => r.destroy(Object.assign(new Error(), { code: "no answer" })));
    r.on("error", (e) => resolve(e.code));
    r.end();
  });
}

test("nobody is refused while the server restarts, and an orderly restart answers everybody", async (t) => {
  const manager = track(spawn("python3", [holder, "127.0.0.1", binary, ...settings()]));
  t.after(() => manager.kill("SIGTERM"));
  const lines = [];
  manager.stdout.on("data", (chunk) => lines.push(...String(chunk).split("\n").filter((l) => /^\d+$/.test(l))));
  await until("the first start", () => lines.length >= 2);
  const url = `http://127.0.0.1:${lines[0]}/api/kinds`;
  assert.equal(await get(url), 200);
  let stop = false;
  const answers = { orderly: [], killed: [] };
  let phase = answers.orderly;
  const clients = Array.from({ length: 8 }, async () => {
    while (!stop) {
      const into = phase;
      into.push(await get(url));
    }
  });
  const restart = async (signal) => {
    const [starts, before] = [lines.length, phase.length];
    await until("some answers", () => phase.length > before + 20);
    process.kill(Number(lines.at(-1)), signal);
    await until("the next start", () => lines.length > starts);
    const after = phase.length;
    await until("some more answers", () => phase.length > after + 20);
  };
  await restart("SIGTERM");
  await restart("SIGTERM");
  phase = answers.killed;
  await restart("SIGKILL");
  stop = true;
  await Promise.all(clients);
  assert.deepEqual([...new Set(answers.orderly)], [200]);
  assert.ok(!answers.killed.includes("ECONNREFUSED"), "a killed server's socket refused a client");
});

test("where it may listen holds for passed sockets, too, and a processor has no use for them", () => {
  const start = (address, more) =>
    spawnSync("timeout", ["20", "python3", "-c", `
import os, socket, sys
s = socket.create_server((sys.argv[1], 0))
os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=sys.argv[2] or str(os.getpid()), LISTEN_FDS=sys.argv[3])
os.execv(sys.argv[4], sys.argv[4:])`, address, ...more], { encoding: "utf8" });
  const open = start("0.0.0.0", ["", "1", binary, ...settings()]);
  assert.equal(open.status, 2);
  assert.match(open.stderr, /goes beyond this machine while auth\.mode is none/);
  const idle = start("127.0.0.1", ["", "1", binary, ...settings({ role: "processor", bus: "kafka" })]);
  assert.equal(idle.status, 1);
  assert.match(idle.stderr, /a processor serves no clients/);
  const missing = start("127.0.0.1", ["", "9", binary, ...settings()]);
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /descriptor \d+ is no socket that listens on TCP/);
  // Not meant for this process: it opens its own.
  const other = start("127.0.0.1", ["1", "1", binary, ...settings({ "gateway.listen": "192.0.2.1" }),
    "--set", "gateway.allow_unauthenticated=true"]);
  assert.equal(other.status, 1);
  assert.match(other.stderr, /192\.0\.2\.1 is not an address of this machine/);
});

// Without a service manager: the next process takes the sockets from the one that runs.
test("an upgrade in place answers everybody, and goes on with the tasks there are", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "streamdemo-takeover-"));
  const sets = { "inprocess.directory": join(directory, "journal"), "artifacts.directory": join(directory, "artifacts"), "gateway.drain_ms": 1000,
                 "processor.drain_ms": 1000 };
  let server = launchServer(sets);
  t.after(() => server.stop());
  const { url } = await server.ready;
  const { port } = new URL(url);
  const task = await (await fetch(`${url}/api/simulate`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ results: 100, interval_ms: 100 }),
  })).json();
  let stop = false;
  const answers = [];
  const clients = Array.from({ length: 8 }, async () => {
    while (!stop) answers.push(await get(`${url}/api/kinds`));
  });
  for (let upgrade = 0; upgrade < 2; ++upgrade) {
    const before = answers.length;
    await until("some answers", () => answers.length > before + 20);
    const next = launchServer({ ...sets, "gateway.port": port }, { arguments: [`--takeover=${server.pid}`] });
    await next.ready;
    assert.equal((await server.exited).code, 0, server.errors());
    server = next;
  }
  const before = answers.length;
  await until("some more answers", () => answers.length > before + 20);
  stop = true;
  await Promise.all(clients);
  assert.deepEqual([...new Set(answers)], [200]);
  const end = await (await fetch(url + task.urls.results, { headers: { Prefer: "wait=30" } })).json();
  assert.equal(end.status, "succeeded");
  assert.deepEqual(end.results.map((e) => e.data.index), [...Array(100).keys()]);
});

test("an upgrade that cannot be leaves the process that runs alone", async (t) => {
  const server = launchServer({ "inprocess.directory": "" });
  t.after(() => server.stop());
  const { url } = await server.ready;
  const run = (...flags) => spawnSync(binary, [...flags, ...settings()], { encoding: "utf8", timeout: 20000 });
  const other = run(`--takeover=${server.pid}`, "--set", "gateway.port=1");
  assert.match(other.stderr, /process \d+ does not listen on gateway\.port = 1$/m);
  assert.equal(other.status, 1);
  const gone = run("--takeover=4194304", "--set", "gateway.port=1");
  assert.match(gone.stderr, /there is no process 4194304|process 4194304: Invalid argument/);
  const wrong = run(`--takeover=${server.pid}`, "--set", `gateway.port=${new URL(url).port}`, "--set", "results.max_bytes=none");
  assert.equal(wrong.status, 2);
  assert.equal(await get(`${url}/api/kinds`), 200);
});
