// Drives the race in a page, and holds its numbers against the server's own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openPage, shots } from "./browser.mjs";
import { historyOf } from "./server.mjs";

async function metrics(server) {
  const text = await (await fetch(`${server.management}/metrics`)).text();
  const lines = text.split("\n").filter((l) => l && !l.startsWith("#")).map((l) => l.split(/ (?=[^ ]*$)/));
  const all = Object.fromEntries(lines);
  const sum = (name, ...labels) => Object.entries(all)
    .filter(([key]) => key.startsWith(name) && labels.every((l) => key.includes(l)))
    .reduce((total, [, value]) => total + Number(value), 0);
  return {
    requests: (method, endpoint) =>
      sum("streamdemo_gateway_requests_total", `method="${method}"`, `endpoint="${endpoint}"`),
    streamBytes: sum("streamdemo_http_stream_sent_bytes_total", 'server="gateway"'),
    events: sum("streamdemo_history_events_total"),
  };
}

export async function race(page, options) {
  for (const [name, value] of Object.entries(options)) {
    await page.locator(`#race-form input[name=${name}]`).fill(String(value));
  }
  await page.getByRole("button", { name: "Start the race" }).click();
  await page.locator("#verdict").waitFor({ state: "visible", timeout: 60000 });
  return report(page);
}

// As a person would get it.
export async function report(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#download").click()]);
  return JSON.parse(readFileSync(await download.path(), "utf8"));
}
const shown = (page, lane, cell) => page.locator(`[data-lane=${lane}] [data-cell=${cell}]`).textContent();

// Milliseconds with fractions.
const at = (text) => Date.parse(text.replace(/\.\d+Z$/, "Z")) + Number(text.match(/(\.\d+)Z$/)[1]) * 1000;
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
const close = (a, b, what) => assert.ok(Math.abs(a - b) < 1e-3, `${what}: ${a} on the page, ${b} by the server's times`);

// What the browser itself counted of the polls' bodies, before the page clears it.
async function countBodies(page) {
  await page.addInitScript(() => {
    globalThis.bodies = 0;
    new PerformanceObserver((list) => {
      for (const e of list.getEntries()) if (/\/api\/tasks\/[0-9a-f-]+\?after=/.test(e.name)) globalThis.bodies += e.encodedBodySize;
    }).observe({ type: "resource" });
  });
}

export function holdHops(r, history) {
  const results = history.filter((e) => e.type === "result");
  const folded = new Map(r.timeline.events.map((e) => [e.seq, at(e.folded)]));
  assert.deepEqual(r.timeline.events.map((e) => e.seq), history.map((e) => e.seq));
  close(r.hops.publish, median(results.map((e) => at(e.log_time) - at(e.time))), "processor to bus");
  close(r.hops.fold, median(results.map((e) => folded.get(e.seq) - at(e.log_time))), "bus to gateway");
  const [accepted, started] = history;
  close(r.hops.accept, at(accepted.log_time) - at(accepted.time), "gateway to bus");
  close(r.hops.begin, at(started.time) - at(accepted.log_time), "bus to processor");
  assert.ok(r.hops.submit > -r.clock.error, "the task was accepted before it was submitted");
  // No lane can have an event before the gateway had it. (All on one machine, so its clocks agree.)
  for (const lane of r.lanes) {
    results.forEach((e, i) => {
      const earliest = folded.get(e.seq) - at(e.time);
      assert.ok(lane.delays[i] >= earliest - r.clock.error - 0.2, `${lane.via} had event ${e.seq} before the gateway`);
    });
  }
  for (const e of r.timeline.events) {
    assert.ok(e.folded <= e.first_written && e.first_written <= e.last_written, JSON.stringify(e));
  }
}

async function holdNumbers(page, r, history, before, after) {
  const lane = Object.fromEntries(r.lanes.map((l) => [l.via, l]));
  const asked = (method, endpoint) => after.requests(method, endpoint) - before.requests(method, endpoint);
  assert.equal(lane.poll.requests + lane.longpoll.requests, asked("GET", "/api/tasks/{id}"));
  assert.equal(lane.sse.requests, asked("GET", "/api/tasks/{id}/events"));
  assert.equal(lane.websocket.requests, asked("GET", "/api/stream"));
  assert.equal(asked("POST", "/api/{kind}"), 1);
  assert.equal(after.events - before.events, history.length);
  assert.deepEqual(r.events, history);
  for (const l of r.lanes) {
    assert.equal(l.events, history.length, l.via);
    assert.equal(l.results, r.options.results, l.via);
    assert.equal(l.repeated + l.missed, 0, l.via);
    assert.equal(await shown(page, l.via, "requests"), String(l.requests));
    assert.equal(await shown(page, l.via, "empty"), String(l.empty));
  }
  assert.equal(await page.evaluate(() => globalThis.bodies), lane.poll.payload + lane.longpoll.payload);
  // The server also counts what a page cannot see: chunk heads, SSE's opening, the close frame.
  const unseen = after.streamBytes - before.streamBytes - lane.sse.payload - lane.websocket.payload;
  assert.ok(unseen >= 0 && unseen <= 60 + 12 * history.length, `${unseen} bytes more than the page counted`);
  const text = await page.locator("#verdict").innerText();
  assert.ok(text.includes(`asked ${lane.poll.requests} times for ${r.options.results} results`), text);
}

// One race against a running system: `server` is its gateway, `processor` who must have done the work, and `bus` what
// the page must call the bus. Its picture is race-{name}.png.
export async function holdRace(t, browser, name, { server, processor, bus }) {
  const page = await openPage(t, browser, `${server.url}/race.html`, {}, countBodies);
  const before = await metrics(server);
  const r = await race(page, { results: 10, every: 250, poll: 400 });
  const after = await metrics(server);
  const history = await historyOf(server, r.request_id);
  await holdNumbers(page, r, history, before, after);
  holdHops(r, history);
  const text = await page.locator("#verdict").innerText();
  assert.ok(text.includes(`“${processor}”`) && text.includes(`the bus is ${bus}.`), text);
  assert.equal(await page.locator("[data-station=processor] .detail").textContent(), processor);
  assert.equal(await page.locator("[data-station=bus] .detail").textContent(), bus);
  assert.equal(await page.locator(".hop.lit").count(), 6);
  await page.screenshot({ path: join(shots, `race-${name}.png`), fullPage: true });
}
