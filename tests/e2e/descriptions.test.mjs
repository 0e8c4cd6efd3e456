// What the server answers is what /openapi.json and /asyncapi.json say.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import WebSocket from "ws";
import { historyOf, startServer, submit } from "./server.mjs";

let server, rest, sockets;
before(async () => {
  server = await startServer();
  rest = await (await fetch(`${server.url}/openapi.json`)).json();
  sockets = await (await fetch(`${server.url}/asyncapi.json`)).json();
});
after(async () => assert.equal((await server.stop()).code, 0, server.errors()));

// Lines of a stream, and what an EventSource makes of it, against 3.2.
test("each item of a stream is what OpenAPI 3.2 says", async () => {
  const items = await (await fetch(`${server.url}/openapi-3.2.json`)).json();
  assert.equal(items.openapi, "3.2.0");
  const task = await submit(server, "simulate", { results: 2, interval_ms: 1 });
  const path = "/api/tasks/{id}/events";
  for (const [media, parts] of [
    ["application/x-ndjson", (text) => text.trimEnd().split("\n").map((line) => JSON.parse(line))],
    ["text/event-stream", (text) => text.trimEnd().split("\n\n").map(fieldsOf)],
  ]) {
    const response = await fetch(server.url + task.urls.events, { headers: { Accept: media } });
    const { itemSchema } = items.paths[path].get.responses[200].content[media];
    const check = checker(items, itemSchema.$ref.slice(1));
    const all = parts(await response.text());
    assert.equal(all.length, (await historyOf(server, task.request_id)).length);
    all.forEach(check);
    if (media === "text/event-stream") all.forEach((event) => checker(items, "/components/schemas/StreamItem")(JSON.parse(event.data)));
    assert.throws(() => check({ type: "news" }));
  }
});

function fieldsOf(block) {
  const fields = Object.fromEntries(block.split("\n").filter((line) => !line.startsWith(":")).map((line) => /^(\w+): ?(.*)$/.exec(line).slice(1)));
  return fields.retry ? { ...fields, retry: Number(fields.retry) } : fields;
}

// Checks values against a schema of a document.
function checker(document, pointer) {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  ajv.addSchema({ $id: "doc", ...document });
  const validate = ajv.getSchema(`doc#${pointer}`);
  return (value) => assert.ok(validate(value), `${JSON.stringify(value)}: ${ajv.errorsText(validate.errors)}`);
}
const schemaOf = (name) => checker(rest, `/components/schemas/${name}`);

// Asks, and holds the answer against what is described for its path, verb, status and media type.
async function ask(path, url, options = {}) {
  const response = await fetch(server.url + url, options);
  const described = rest.paths[path][(options.method ?? "GET").toLowerCase()].responses;
  const answer = described[response.status] ?? rest.components.responses.Problem;
  const media = response.headers.get("Content-Type");
  assert.ok(media in answer.content, `${url}: ${response.status} ${media}`);
  for (const name of Object.keys(answer.headers ?? {})) {
    if (name !== "Preference-Applied") assert.ok(response.headers.has(name), `${url}: no ${name}`);
  }
  const escaped = path.replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D");
  const method = (options.method ?? "GET").toLowerCase();
  const at = described[response.status]
    ? `/paths/${escaped}/${method}/responses/${response.status}/content/${media.replace("/", "~1")}/schema`
    : "/components/schemas/Problem";
  const body = await response.json();
  checker(rest, at)(body);
  return body;
}

test("every kind of answer is as described", async () => {
  const json = { "Content-Type": "application/json" };
  const task = await ask("/api/{kind}", "/api/simulate", { method: "POST", headers: json, body: '{"results":3,"interval_ms":1}' });
  const id = task.request_id;
  (await historyOf(server, id)).forEach(schemaOf("Event"));
  await ask("/api/tasks/{id}", `/api/tasks/${id}`);
  await ask("/api/tasks/{id}/timeline", `/api/tasks/${id}/timeline`);
  await ask("/api/tasks/{id}/cancel", `/api/tasks/${id}/cancel`, { method: "POST" });
  await ask("/api/results/{id}", `/api/results/${id}`);
  await ask("/api/tasks", "/api/tasks");
  await ask("/api/kinds", "/api/kinds");
  const waited = { ...json, Prefer: "wait=20" };
  await ask("/api/{kind}", "/api/simulate", { method: "POST", headers: waited, body: '{"results":1,"interval_ms":0}' });
  const running = await submit(server, "simulate", { results: 2, interval_ms: 60000 });
  await ask("/api/tasks/{id}/timeline", `/api/tasks/${running.request_id}/timeline`);
  await ask("/api/results/{id}", `/api/results/${running.request_id}`);
  await ask("/api/tasks/{id}/cancel", `/api/tasks/${running.request_id}/cancel`, { method: "POST" });
});

test("each kind has a path with the schema by which its payloads are judged", async () => {
  const { kinds } = await (await fetch(`${server.url}/api/kinds`)).json();
  for (const { name, input_schema } of kinds) {
    assert.ok(rest.paths[`/api/${name}`].post.requestBody.content["application/json"].schema.$ref.endsWith(`/${name}-input`));
    assert.deepEqual(Object.keys(rest.components.schemas[`${name}-input`].properties), Object.keys(input_schema.properties));
  }
  const takes = schemaOf("simulate-input");
  takes({ results: 3 });
  assert.throws(() => takes({ results: "three" }));
  await ask("/api/simulate", "/api/simulate", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"results":1,"interval_ms":0}' });
});

test("what an event carries follows from its type", () => {
  const head = { request_id: "56787a18-4826-4bbb-a237-c5791dad539e", seq: 3, attempt: 1, time: "2026-11-29T16:48:00.473096Z", log_time: "2026-11-29T16:48:00.473Z", source: "p" };
  const isEvent = schemaOf("Event");
  isEvent({ ...head, type: "ended", data: { status: "failed", error: { message: "no" } } });
  isEvent({ ...head, type: "result", content_type: "image/png", data_base64: "AA==" });
  isEvent({ ...head, type: "progress", data: "half" });
  for (const wrong of [{ type: "ended", data: {} }, { type: "ended", data: { status: "running" } }, { type: "started", data: {} },
    { type: "result", resumed: true }, { type: "released" }, { type: "log", data: "", more: 1 }]) {
    assert.throws(() => isEvent({ ...head, ...wrong }), JSON.stringify(wrong));
  }
});

test("every kind of refusal is as described", async () => {
  await ask("/api/{kind}", "/api/nonsense", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
  await ask("/api/{kind}", "/api/simulate", { method: "POST", body: "{" });
  await ask("/api/tasks/{id}", "/api/tasks/nobody");
  await ask("/api/tasks", "/api/tasks?limit=0");
  await ask("/api/stream", "/api/stream");
});

test("every frame on the shared socket is as described", async () => {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/stream`, "streamdemo.v1");
  const frames = [];
  const seen = (what) => new Promise((resolve) => {
    const look = () => frames.some(what) && (socket.off("message", look), resolve());
    socket.on("message", look);
    look();
  });
  socket.on("message", (data) => frames.push(JSON.parse(data.toString())));
  await new Promise((resolve) => socket.once("open", resolve));
  const schema = (name) => checker(sockets, `/components/schemas/${name}`);
  const say = (name, message) => {
    schema(name)(message);
    socket.send(JSON.stringify(message));
  };
  say("Submit", { action: "submit", ref: 1, kind: "simulate", payload: { results: 3, interval_ms: 1 }, idempotency_key: "d", deadline_ms: 60000 });
  await seen((f) => f.type === "ended");
  const id = frames.find((f) => f.ref === 1).request_id;
  say("Subscribe", { action: "subscribe", ref: "two", request_id: id, after: 2 });
  await seen((f) => f.ref === "two");
  say("Cancel", { action: "cancel", ref: 3, request_id: id });
  await seen((f) => f.ref === 3);
  say("Unsubscribe", { action: "unsubscribe", ref: 4, request_id: id });
  await seen((f) => f.ref === 4);
  const names = { answer: "Answer", error: "Error", gap: "Gap", queued: "Queued", reconnect: "Reconnect" };
  for (const frame of frames) schema(names[frame.type] ?? "Event")(frame);
  assert.deepEqual(new Set(frames.map((f) => f.type).filter((t) => t in names && t !== "queued")), new Set(["answer", "error"]));
  socket.close(1000);
});
