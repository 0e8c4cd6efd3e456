// The processors of docs/foreign-processors.md, as the page shows them, behind our gateway on real brokers.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import WebSocket from "ws";
import { historyOf, startServer, submit, track, until } from "../server.mjs";

const brokers = process.env.STREAMDEMO_KAFKA_BROKERS;
if (!brokers) throw new Error("name the brokers in STREAMDEMO_KAFKA_BROKERS; `./dev kafka test` starts some");
const root = fileURLToPath(new URL("../../..", import.meta.url));
const python = process.env.STREAMDEMO_PYTHON ?? join(root, ".venv/bin/python");
const text = "The quick brown Fox jumps over the lazy Dog";

const languages = [
  // `grows`: a letter that takes half as many bytes again once it is changed.
  { name: "Python", kind: "shout", file: "processor.py", program: python, change: (word) => word.toUpperCase(), grows: "\u0149" },
  { name: "Node", kind: "whisper", file: "processor.mjs", program: process.execPath, change: (word) => word.toLowerCase(), grows: "\u0130" },
];

let gateway, ours, directory, admin;
const children = new Set();

before(async () => {
  // Beside the libraries they need, as on a machine where they were installed.
  directory = mkdtempSync(join(tmpdir(), "streamdemo-processors-"));
  symlinkSync(join(root, "tests/e2e/node_modules"), join(directory, "node_modules"));
  for (const { file } of languages) copyFileSync(join(root, "docs/processors", file), join(directory, file));
  const settings = {
    bus: "kafka", "kafka.brokers": brokers,
    ...Object.fromEntries(languages.map(({ kind }) => [`tasks.${kind}.request_topic`, `request.${kind}`])),
  };
  gateway = await startServer({ role: "gateway", ...settings });
  // A processor of ours with the same settings, which must leave these kinds alone.
  ours = await startServer({ role: "processor", ...settings });
  admin = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});

after(async () => {
  for (const child of children) child.kill("SIGKILL");
  await admin?.disconnect();
  await ours?.stop();
  const end = await gateway?.stop();
  rmSync(directory, { recursive: true, force: true });
  assert.equal(end?.code, 0, gateway?.errors());
});

function startProcessor({ program, file }) {
  const child = track(spawn(program, [join(directory, file)], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, BROKERS: brokers, KAFKAJS_NO_PARTITIONER_WARNING: "1" },
  }));
  children.add(child);
  const exited = new Promise((resolve) => child.once("exit", resolve));
  return {
    async kill() {
      child.kill("SIGKILL");
      await exited;
      children.delete(child);
    },
  };
}

// One stream from the first event to the last, and a look at each event as it comes.
function overWebSocket(task, see = () => {}) {
  return new Promise((resolve, reject) => {
    const events = [];
    const socket = new WebSocket((gateway.url + task.urls.socket).replace("http", "ws"), "streamdemo.v1");
    socket.on("message", (data) => {
      events.push(JSON.parse(data));
      see(events.at(-1));
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(events));
  });
}

async function overCurl(task) {
  const { stdout } = await promisify(execFile)("curl",
    ["-sSN", "--max-time", "90", "-H", "Accept: application/x-ndjson", gateway.url + task.urls.events]);
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).filter((event) => event.seq);
}

const inOrder = (events) => assert.deepEqual(events.map((e) => e.seq), events.map((_, i) => i + 1));
const resultsOf = (events, attempt) =>
  events.filter((e) => e.type === "result" && e.attempt === attempt).map((e) => e.data.word);

// Requests that are not completed yet, by what the group has committed.
async function unfinished(kind) {
  const topic = `request.${kind}`;
  const ends = await admin.fetchTopicOffsets(topic);
  const [{ partitions }] = await admin.fetchOffsets({ groupId: `${kind}-processors`, topics: [topic] });
  const committed = new Map(partitions.map((p) => [p.partition, Math.max(Number(p.offset), 0)]));
  return ends.reduce((sum, end) => sum + Number(end.high) - (committed.get(end.partition) ?? 0), 0);
}

for (const language of languages) {
  const { name, kind, change } = language;
  const all = text.split(" ").map(change);

  describe(`a processor in ${name}`, () => {
    let processor;
    before(() => { processor = startProcessor(language); });
    after(() => processor.kill());

    test("does a task: every client sees it begin, each result, and its end", async () => {
      const task = await submit(gateway, kind, { text });
      const [socket, curl] = await Promise.all([overWebSocket(task), overCurl(task)]);
      assert.deepEqual(curl, socket);
      inOrder(socket);
      assert.deepEqual(socket.map((e) => e.type), ["accepted", "started", ...all.map(() => "result"), "ended"]);
      assert.deepEqual(resultsOf(socket, 1), all);
      assert.equal(socket.at(-1).data.status, "succeeded");
      await until("the request to be completed", async () => await unfinished(kind) === 0);
    });

    test("fails a task whose input is wrong, and does the next", async () => {
      const bad = await historyOf(gateway, (await submit(gateway, kind, { words: 1 })).request_id);
      assert.equal(bad.at(-1).data.status, "failed");
      assert.ok(bad.at(-1).data.error.message.length > 0);
      const good = await historyOf(gateway, (await submit(gateway, kind, { text: "Yes" })).request_id);
      assert.equal(good.at(-1).data.status, "succeeded");
    });

    test("fails a task whose result no record can take, and does the next", async () => {
      const large = await historyOf(gateway, (await submit(gateway, kind, { text: `Yes ${language.grows.repeat(400_000)}` })).request_id);
      assert.deepEqual(large.map((e) => e.type), ["accepted", "started", "result", "ended"]);
      assert.equal(large.at(-1).data.status, "failed");
      assert.match(large.at(-1).data.error.message, /large/i);
      const small = await historyOf(gateway, (await submit(gateway, kind, { text: "Yes" })).request_id);
      assert.deepEqual(small.map((e) => e.attempt), [0, 1, 1, 1]);
      assert.equal(small.at(-1).data.status, "succeeded");
    });

    test("may be killed in the middle of a task: the next one does it again, and nothing is shown twice", async () => {
      await until("nothing else to do", async () => await unfinished(kind) === 0);
      const task = await submit(gateway, kind, { text });
      let third;
      const seen = new Promise((resolve) => { third = resolve; });
      const stream = overWebSocket(task, (e) => { if (e.data.word === all[2]) third(); });
      await seen;
      assert.equal(await unfinished(kind), 1, "the request was completed before its task had ended");
      await processor.kill();
      processor = startProcessor(language);
      const events = await stream;
      inOrder(events);
      assert.deepEqual(events.filter((e) => e.type === "started").map((e) => e.attempt), [1, 2]);
      assert.deepEqual(resultsOf(events, 1), all.slice(0, resultsOf(events, 1).length));
      assert.deepEqual(resultsOf(events, 2), all);
      assert.equal(events.at(-1).data.status, "succeeded");
      assert.deepEqual(await historyOf(gateway, task.request_id), events);
      await until("the request to be completed", async () => await unfinished(kind) === 0);
    });
  });
}
