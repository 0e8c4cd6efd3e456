// `streamdemo compare buses` on real brokers: what becomes of running tasks when their worker is killed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { binary, track } from "../server.mjs";

const brokers = process.env.STREAMDEMO_KAFKA_BROKERS;
if (!brokers) throw new Error("name the brokers in STREAMDEMO_KAFKA_BROKERS");

test("kill -9: in memory every task is lost, with the journal and on Kafka each finishes", { timeout: 180_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "streamdemo-lab-test-"));
  const [json, html] = [join(directory, "out.json"), join(directory, "out.html")];
  const args = ["compare", "buses", "--brokers", brokers, "--tasks", "12", "--parts", "kill", "--json", json, "--html", html];
  const child = track(spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] }));
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => { text += chunk; });
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0, text);
  const report = JSON.parse(readFileSync(json));
  assert.deepEqual(report.problems, []);
  const [memory, journal, kafka] = report.kills;
  assert.deepEqual([memory.tasks, memory.finished, memory.unknown_after], [15, 0, 15]);
  assert.deepEqual([journal.tasks, journal.finished, journal.unknown_after], [15, 15, 0]);
  assert.deepEqual([kafka.tasks, kafka.finished, kafka.unknown_after], [12, 12, 0]);
  // Otherwise nothing was shown.
  assert.ok(kafka.on_the_killed >= 1 && kafka.on_the_killed < 12, text);
  assert.ok(kafka.silence_s.max > 0);
  assert.match(readFileSync(html, "utf8"), /12 of 12/);
});
