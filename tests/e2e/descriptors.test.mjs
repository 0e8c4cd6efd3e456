// A process that may have few files, sockets and pipes open.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startServer, until } from "./server.mjs";

function configOf(toml) {
  const file = join(mkdtempSync(join(tmpdir(), "streamdemo-descriptors-")), "config.toml");
  writeFileSync(file, toml);
  return file;
}

// One call over the agent's only connection.
function call(agent, url, { method = "GET", body, headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const r = request(url, { agent, method, headers, timeout: 10000 }, (response) => {
      let text = "";
      response.on("data", (chunk) => { text += chunk; });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    r.on("timeout", () => r.destroy(new Error(`no answer from ${url}`)));
    r.on("error", reject);
    r.end(body);
  });
}

async function runCommand(agent, url, kind) {
  const headers = { "Content-Type": "application/json", Prefer: "wait=20" };
  const answer = await call(agent, `${url}/api/${kind}`, { method: "POST", body: "{}", headers });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

// A connection that says nothing, and what it is told.
function idle(url) {
  const socket = connect(Number(new URL(url).port), "localhost");
  const one = { socket, told: "", closed: false };
  socket.on("data", (chunk) => { one.told += chunk; });
  socket.on("error", () => {});
  socket.on("close", () => { one.closed = true; });
  return one;
}

async function metric(server, name) {
  const { text } = await call(undefined, `${server.management}/metrics`);
  const line = text.split("\n").find((l) => l.startsWith(`${name} `));
  return Number(line?.split(" ").at(-1));
}

test("with 80 descriptors and 90 idle connections tasks run, the rest is told 503, and the management answers", async () => {
  const config = configOf('[tasks.hello]\ncommand = ["echo", "1"]\n');
  const server = await startServer({}, { arguments: ["--config", config], shell: "ulimit -n 80" });
  assert.match(server.errors(), /the limit of open files is 80: gateway\.max_connections is 20000, but only about \d+ connections are possible/);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  assert.equal((await call(agent, `${server.url}/api/kinds`)).status, 200);

  const crowd = Array.from({ length: 90 }, () => idle(server.url));
  const counted = 'streamdemo_http_connections{server="gateway"}';
  await until("everybody was taken or told", async () =>
    (await metric(server, counted)) + crowd.filter((one) => one.closed).length === 91);
  const refused = crowd.filter((one) => one.closed);
  assert.ok(refused.length >= 40 && refused.length < 90, `${refused.length}`);
  for (const one of refused) assert.match(one.told, /^HTTP\/1\.1 503 [^]*\r\nRetry-After: \d+\r\n/);

  assert.equal((await runCommand(agent, server.url, "hello")).status, "succeeded");
  assert.equal((await call(undefined, `${server.management}/healthz`)).status, 200);
  const another = await call(undefined, `${server.url}/api/kinds`);
  assert.equal(another.status, 503);
  assert.match(another.headers["retry-after"], /^\d+$/);

  for (const one of crowd) one.socket.destroy();
  await until("room again", async () => (await call(undefined, `${server.url}/api/kinds`)).status === 200);
  assert.equal((await server.stop()).code, 0);
});

test("the soft limit is raised for the server and stays what it was for the programs it starts", async () => {
  const config = configOf('[tasks.limit]\ncommand = ["sh", "-c", "ulimit -Sn"]\n');
  const server = await startServer({}, { arguments: ["--config", config], shell: "ulimit -Sn 200; ulimit -Hn 300" });
  assert.equal(await metric(server, "process_max_fds"), 300);
  assert.ok(await metric(server, "process_open_fds") > 10);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { results } = await runCommand(agent, server.url, "limit");
  assert.deepEqual(results.map((r) => r.data), [200]);
  assert.equal((await server.stop()).code, 0);
});

test("a limit that leaves no connection at all is an error that says what to do", async () => {
  // Whatever else the shell hands down, the server itself has more than these open before its first client.
  await assert.rejects(startServer({ "processor.concurrency": 1000 }, { shell: "ulimit -n 24" }), /ulimit -Hn/);
});
