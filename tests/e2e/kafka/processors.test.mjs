// The processors of docs/foreign-processors.md, as the page shows them, behind our gateway on real brokers.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import WebSocket from "ws";
import { binary, historyOf, startServer, submit, track, until } from "../server.mjs";

const brokers = process.env.STREAMDEMO_KAFKA_BROKERS;
if (!brokers) throw new Error("name the brokers in STREAMDEMO_KAFKA_BROKERS; `./dev kafka test` starts some");
const root = fileURLToPath(new URL("../../..", import.meta.url));
const python = process.env.STREAMDEMO_PYTHON ?? join(root, ".venv/bin/python");
const text = "The quick brown Fox jumps over the lazy Dog";

// `file`: of docs/processors. `command`: what runs it once it is in the test's directory. `grows`: a word that fits into a request,
// and once it is changed into no record (of a letter that takes half as many bytes again, or repeated). `made`: compiles it there.
const known = [
  { name: "Python", kind: "shout", file: "processor.py", command: () => [python, "processor.py"],
    change: (word) => word.toUpperCase(), grows: "\u0149".repeat(400_000) },
  { name: "Node", kind: "whisper", file: "processor.mjs", command: () => [process.execPath, "processor.mjs"],
    change: (word) => word.toLowerCase(), grows: "\u0130".repeat(400_000) },
  { name: "Python, confluent-kafka", kind: "double", file: "processor_confluent.py", command: () => [python, "processor_confluent.py"],
    change: (word) => word.repeat(2), grows: "x".repeat(700_000) },
  { name: "Go", kind: "triple", file: "processor.go", command: () => ["./triple"],
    change: (word) => word.repeat(3), grows: "x".repeat(700_000), made: makeGo },
  { name: "Java", kind: "fourfold", file: "Processor.java", command: () => ["java", "-cp", `.:${jars()}/*`, "Processor"],
    change: (word) => word.repeat(4), grows: "x".repeat(700_000), made: makeJava },
];
// Without PROCESSORS (names, or all) those that need no compiler.
const asked = process.env.PROCESSORS?.split(";");
const languages = known.filter(({ name, made }) => (asked ? asked.includes("all") || asked.includes(name) : !made));

const inDirectory = (program, ...words) => execFileSync(program, words, { cwd: directory, stdio: ["ignore", "ignore", "inherit"] });

function makeGo() {
  inDirectory("go", "mod", "init", "triple");
  inDirectory("go", "get", "github.com/twmb/franz-go/pkg/kgo@v1.22.3", "github.com/twmb/franz-go/pkg/kerr@v1.22.3");
  inDirectory("go", "build", "-o", "triple", "processor.go");
}

// Those of the brokers, which `tests/kafka/cluster` has fetched, have both libraries.
function jars() {
  const all = join(root, "build/kafka/jars");
  return join(all, readdirSync(all).filter((name) => /^[\d.]+$/.test(name)).sort().at(-1));
}

function makeJava() {
  inDirectory("javac", "-cp", `${jars()}/*`, "Processor.java");
}

let gateway, ours, directory, admin;
const children = new Set();

before(async () => {
  // Beside the libraries they need, as on a machine where they were installed.
  directory = mkdtempSync(join(tmpdir(), "streamdemo-processors-"));
  symlinkSync(join(root, "tests/e2e/node_modules"), join(directory, "node_modules"));
  for (const { file, made } of languages) {
    copyFileSync(join(root, "docs/processors", file), join(directory, file));
    made?.();
  }
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

function startProcessor({ command }) {
  const [program, ...words] = command();
  const child = track(spawn(program, words, {
    cwd: directory, stdio: ["ignore", "ignore", "inherit"],
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
      const event = JSON.parse(data);
      if (!event.seq) return;  // a signal
      events.push(event);
      see(event);
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

    test("is found to do nothing wrong by check-processor", async () => {
      const { stdout } = await promisify(execFile)(binary, ["check-processor", kind, "--bus", "kafka", "--set",
        `kafka.brokers=${brokers}`, "--set", `tasks.${kind}.request_topic=request.${kind}`, "--payload", '{"text":"a B"}',
        "--wrong-payload", '{"words":1}']);
      assert.match(stdout, /^13 of 13 tasks ended, with 24 results: nothing is wrong$/m);
      assert.match(stdout, /^note: no offer of free slots was seen/m);
    });

    test("fails a task whose input is wrong, and does the next", async () => {
      const bad = await historyOf(gateway, (await submit(gateway, kind, { words: 1 })).request_id);
      assert.equal(bad.at(-1).data.status, "failed");
      assert.ok(bad.at(-1).data.error.message.length > 0);
      const good = await historyOf(gateway, (await submit(gateway, kind, { text: "Yes" })).request_id);
      assert.equal(good.at(-1).data.status, "succeeded");
    });

    test("fails a task whose result no record can take, and does the next", async () => {
      const large = await historyOf(gateway, (await submit(gateway, kind, { text: `Yes ${language.grows}` })).request_id);
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
