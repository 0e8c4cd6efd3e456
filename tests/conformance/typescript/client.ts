// What a program does that knows the server by a client generated from its /openapi.json alone. Nothing here says a type
// in place of the description, but where JSON lines are parsed.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Event = components["schemas"]["Event"];

// Only JSON is asked for here, so that no answer may be a text; streams are read as such.
const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: process.argv[2] ?? "http://localhost:8080" });

function there<T>(answer: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (answer.error !== undefined) throw new Error(`${answer.error.status}: ${answer.error.detail}`);
  assert.ok(answer.data !== undefined);
  return answer.data;
}

async function submitted() {
  const task = there(await client.POST("/api/simulate", { body: { results: 3, interval_ms: 1 } }));
  assert.ok("urls" in task, "it has only been accepted");
  return task.request_id;
}

// What each type of event carries is known once its type is.
function told(event: Event): string {
  switch (event.type) {
    case "accepted": return `accepted until ${event.data.expires.slice(0, 2)}`;
    case "started": return `started, resumed: ${event.resumed}`;
    case "progress": return `progress ${event.data?.fraction}`;
    case "ended": return `ended ${event.data.status}`;
    case "result":
    case "log": return event.type;
  }
}

async function polls() {
  const id = await submitted();
  const seen: string[] = [];
  for (let after = 0, ended = false; !ended;) {
    const page = there(await client.GET("/api/tasks/{id}", { params: { path: { id }, query: { after }, header: { Prefer: "wait=20" } } }));
    seen.push(...page.events.map(told));
    ended = page.events.some((event) => event.type === "ended");
    after = page.next;
  }
  assert.deepEqual([seen[0], seen[1], seen.at(-1)], ["accepted until 20", "started, resumed: false", "ended succeeded"]);
  const results = there(await client.GET("/api/results/{id}", { params: { path: { id } } }));
  assert.equal(results.results.length, 3);
  assert.equal(results.ended.data.status, "succeeded");
  const timeline = there(await client.GET("/api/tasks/{id}/timeline", { params: { path: { id } } }));
  assert.equal(timeline.events.length, seen.length);
  there(await client.GET("/api/kinds")).kinds.forEach(({ name }) => assert.ok(name.length > 0));
  there(await client.GET("/api/tasks", { params: { query: { status: "succeeded", limit: 5 } } })).tasks.forEach((task) => assert.equal(task.status, "succeeded"));
}

async function* lines(stream: ReadableStream<Uint8Array>) {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const all = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = all.pop() ?? "";
    yield* all;
  }
}

async function streams() {
  const id = await submitted();
  const answer = await client.GET("/api/tasks/{id}/events", { params: { path: { id } }, headers: { Accept: "application/x-ndjson" }, parseAs: "stream" });
  assert.ok(answer.data);
  const seqs: number[] = [];
  for await (const line of lines(answer.data)) {
    const event: Event = JSON.parse(line);
    if (event.seq) seqs.push(event.seq);
  }
  assert.deepEqual(seqs, seqs.map((_, i) => i + 1));
  assert.ok(seqs.length >= 6);
}

async function fetchesAClip() {
  const ended = there(await client.POST("/api/process-video", {
    params: { header: { Prefer: "wait=30" } }, body: { source: "sample", sample_seconds: 2, size: "144p", preset: "ultrafast" },
  }));
  assert.ok("results" in ended, "it has ended");
  const clip = ended.results[0]?.data; // of the kind's own shape, which no description knows
  assert.ok(typeof clip === "object" && clip !== null && "url" in clip && typeof clip.url === "string" && "bytes" in clip);
  const [id, name] = clip.url.split("/").slice(-2);
  assert.ok(id !== undefined && name !== undefined);
  const path = { id, name };
  const whole = await client.GET("/api/artifacts/{id}/{name}", { params: { path }, parseAs: "arrayBuffer" });
  assert.equal(there(whole).byteLength, clip.bytes);
  const part = await client.GET("/api/artifacts/{id}/{name}", { params: { path, header: { Range: "bytes=4-7" } }, parseAs: "text" });
  assert.deepEqual([part.response.status, part.data], [206, "ftyp"]);
  const tag = whole.response.headers.get("ETag");
  assert.ok(tag);
  const unchanged = await client.GET("/api/artifacts/{id}/{name}", { params: { path, header: { "If-None-Match": tag } } });
  assert.equal(unchanged.response.status, 304);
}

async function cancels() {
  const task = there(await client.POST("/api/simulate", { body: { results: 2, interval_ms: 60_000 } }));
  const id = task.request_id;
  assert.equal(there(await client.POST("/api/tasks/{id}/cancel", { params: { path: { id } } })).status, "canceled");
  assert.equal((await client.DELETE("/api/tasks/{id}", { params: { path: { id } } })).response.status, 204);
}

async function isRefused() {
  // @ts-expect-error: the compiler knows what a payload of this kind is
  const wrong = await client.POST("/api/simulate", { body: { results: "three" } });
  assert.equal(wrong.error?.type, "urn:streamdemo:problem:invalid-input");
  assert.equal(wrong.error.pointer, "/results");
  const other = await client.POST("/api/{kind}", { params: { path: { kind: "nonsense" } }, body: { of: "any shape" } });
  assert.deepEqual(other.error?.kinds?.includes("simulate"), true);
}

for (const step of [polls, streams, fetchesAClip, cancels, isRefused]) {
  await step();
  console.log(step.name);
}
