// The process as its operator meets it: signals, kills, ports, children.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { binary, historyOf, startServer, submit, until } from "./server.mjs";

// Processes whose command line names `mark`.
function marked(mark) {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return command.includes(mark) && !command.includes("__guard") && Number(pid) !== process.pid;
    } catch {
      return false;
    }
  });
}

// A program with a child and a grandchild that left the process group, all of them to be found by `mark`.
function stubbornProgram(mark) {
  const directory = mkdtempSync(join(tmpdir(), "streamdemo-stubborn-"));
  const file = join(directory, "stubborn.sh");
  writeFileSync(file, `#!/bin/sh
trap '' TERM
if [ "$2" = "" ]; then
  sh ${file} ${mark} child &
  setsid sh ${file} ${mark} grandchild &
  echo '{"started":true}'
fi
while :; do sleep 0.2; done
`);
  const config = join(directory, "config.toml");
  writeFileSync(config, `[tasks.stubborn]\ncommand = ["sh", "${file}", "${mark}"]\n`);
  return config;
}

async function startStubborn(mark) {
  const server = await startServer({}, { arguments: ["--config", stubbornProgram(mark)] });
  const task = await submit(server, "stubborn", {});
  await until("child and grandchild", () => marked(mark).length >= 3);
  return { server, task };
}

test("kill -9 of the server leaves no child or grandchild after a second", async () => {
  const mark = `mark-${process.pid}-kill`;
  const { server } = await startStubborn(mark);
  server.signal("SIGKILL");
  await server.exited;
  await until("no process left", () => marked(mark).length === 0, 1000);
});

test("cancel ends the whole process group, one that ignores SIGTERM included", async () => {
  const mark = `mark-${process.pid}-cancel`;
  const { server, task } = await startStubborn(mark);
  await fetch(server.url + task.urls.cancel, { method: "POST" });
  const all = await historyOf(server, task.request_id);
  assert.equal(all.at(-1).data.status, "canceled");
  await until("no process left", () => marked(mark).length === 0, 15000);
  await server.stop();
});

test("a command's lines are results and its exit code is the end", async () => {
  const directory = mkdtempSync(join(tmpdir(), "streamdemo-command-"));
  writeFileSync(join(directory, "wordcount.py"), `import json, sys
words = json.load(sys.stdin)["text"].split()
for word in sorted(set(words)):
    print(json.dumps({"word": word, "count": words.count(word)}), flush=True)
print("done", flush=True)
print("counted", file=sys.stderr)
sys.exit(3 if "fail" in words else 0)
`);
  const config = join(directory, "config.toml");
  writeFileSync(config, `[tasks.wordcount]\ncommand = ["python3", "${join(directory, "wordcount.py")}"]\n`);
  const server = await startServer({}, { arguments: ["--config", config] });
  const good = await historyOf(server, (await submit(server, "wordcount", { text: "a b a" })).request_id);
  assert.deepEqual(good.filter((e) => e.type === "result").map((e) => e.data),
                   [{ word: "a", count: 2 }, { word: "b", count: 1 }, "done"]);
  assert.ok(good.some((e) => e.type === "log" && JSON.stringify(e.data).includes("counted")));
  assert.equal(good.at(-1).data.status, "succeeded");
  const bad = await historyOf(server, (await submit(server, "wordcount", { text: "fail" })).request_id);
  assert.equal(bad.at(-1).data.status, "failed");
  assert.match(bad.at(-1).data.error.message, /3/);
  assert.equal((await server.stop()).code, 0);
});

// node:http says whether the last chunk came; fetch does not when the connection was to be closed anyway.
function readStream(url) {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = "";
      response.on("data", (chunk) => { text += chunk; });
      response.on("error", () => {});
      response.on("close", () => resolve({ text, complete: response.complete }));
    }).on("error", reject);
  });
}

test("SIGTERM under load: unready and refusing at once, streams told to reconnect, tasks ended, exit 0", async () => {
  const server = await startServer({ "processor.drain_ms": 8000, "gateway.drain_ms": 8000 });
  // As many as may run at once of one kind.
  const tasks = await Promise.all(Array.from({ length: 3 }, () => submit(server, "simulate", { results: 60, interval_ms: 50 })));
  const streams = tasks.map((task) => readStream(server.url + task.urls.events));
  await Promise.all(tasks.map((task) => until("a result", async () =>
    (await (await fetch(server.url + task.urls.self)).json()).events.some((e) => e.type === "result"))));
  server.signal("SIGTERM");
  await until("refused connections", () => fetch(`${server.url}/`).then(() => false, () => true), 2000);
  const unready = await fetch(`${server.management}/readyz`).then((r) => r.status, () => "gone");
  assert.ok(unready === 503 || unready === "gone", `${unready}`);
  for (const { text, complete } of await Promise.all(streams)) {
    assert.match(text, /event: reconnect/);
    assert.equal(complete, false, "a stream without its end must be cut without the last chunk");
  }
  assert.equal((await server.exited).code, 0, server.errors());
});

test("a port in use is named together with the way to choose another", async () => {
  const server = await startServer();
  const port = new URL(server.url).port;
  const second = spawnSync(binary, ["--set", `gateway.port=${port}`, "--set", "management.port=0"], { timeout: 20000 });
  assert.notEqual(second.status, 0);
  assert.match(second.stderr.toString(), new RegExp(port));
  assert.match(second.stderr.toString(), /gateway\.port/);
  await server.stop();
});

test("every mistake in the settings is reported at once, and nothing is started", () => {
  const file = join(mkdtempSync(join(tmpdir(), "streamdemo-config-")), "bad.toml");
  writeFileSync(file, "[gateway]\nprot = 1\nport = \"x\"\n[results]\nmax_bytes = -1\n");
  const run = spawnSync(binary, ["--config", file, "--set", "gateway.threads=0"], { timeout: 20000 });
  assert.equal(run.status, 2);
  const text = run.stderr.toString();
  for (const part of ["bad.toml:2", "prot", "bad.toml:3", "bad.toml:5", "gateway.threads"]) {
    assert.ok(text.includes(part), `${part} is not in: ${text}`);
  }
});

test("a missing ffmpeg is a warning at start, a notice at the kinds, and a clear end of the task", async () => {
  const server = await startServer({ "video.ffmpeg": "no-such-ffmpeg" });
  assert.match(server.errors(), /no-such-ffmpeg/);
  const { kinds } = await (await fetch(`${server.url}/api/kinds`)).json();
  assert.match(kinds.find((k) => k.name === "process-video").notice, /ffmpeg/);
  const task = await submit(server, "process-video", { source: "sample", sample_seconds: 2 });
  const end = (await historyOf(server, task.request_id)).at(-1);
  assert.equal(end.data.status, "failed");
  assert.match(end.data.error.message, /ffmpeg/);
  await server.stop();
});
