// The pure parts of the race: statistics, clocks, hops, words.
import assert from "node:assert/strict";
import { test } from "node:test";

const web = new URL("../../src/gateway/web/", import.meta.url);
const { best, look, timeOf } = await import(new URL("shared/clock.js", web));
const { median, quantile } = await import(new URL("shared/numbers.js", web));
const { cursorBehind, skip } = await import(new URL("shared/reader.js", web));
const stats = await import(new URL("race/stats.js", web));
const { verdict } = await import(new URL("race/verdict.js", web));
const { duration, ratio, size } = await import(new URL("shared/words.js", web));

const second = 1_800_000_000_000;
const stamp = (ms) => new Date(second).toISOString().replace(/\.\d+Z$/, `.${String(ms * 1000).padStart(6, "0")}Z`);
const event = (seq, type, ms, more = {}) => ({ seq, type, attempt: seq > 1 ? 1 : 0, time: stamp(ms), log_time: stamp(Math.ceil(ms)), source: "p", ...more });

function race(ways, poll = 100) {
  const r = stats.emptyRace({ results: 2, every: 100, poll }, ways);
  r.clicked = second;
  return r;
}

test("times keep their microseconds, and the quickest look at a clock counts", () => {
  assert.equal(timeOf("2027-01-15T08:00:00.123456Z"), second + 123.456);
  assert.equal(timeOf("2027-01-15T08:00:00Z"), second);
  const looks = [look(1000, 5060, 1100), look(2000, 6006, 2010), look(3000, 7500, 3400)];
  assert.deepEqual(best(looks), { offset: 4001, error: 5 });
});

test("a lane counts what it takes: repeated, missed, void", () => {
  const r = race(["sse", "poll"]);
  const { sse, poll } = r.lanes;
  assert.equal(stats.take(r, sse, event(1, "accepted", 1), second + 5), true);
  assert.equal(stats.take(r, poll, event(1, "accepted", 1), second + 9), false);
  assert.equal(stats.take(r, sse, event(1, "accepted", 1), second + 9), false);
  assert.equal(sse.repeated, 1);
  stats.take(r, sse, event(2, "started", 2, { resumed: false }), second + 6);
  stats.take(r, sse, event(3, "result", 10), second + 12);
  stats.take(r, poll, event(3, "result", 10), second + 50);
  assert.equal(poll.missed, 1);
  assert.deepEqual(stats.delays(r, sse), [2]);
  stats.take(r, sse, event(4, "started", 20, { attempt: 2, resumed: false }), second + 21);
  assert.deepEqual(stats.delays(r, sse), []);
  assert.deepEqual(r.first.map((f) => f.via), ["sse", "sse", "sse", "sse"]);
});

test("a gap counts each event that is missed, once, whatever the server still keeps", () => {
  const { sse } = race(["sse"]).lanes;
  skip(sse, { from: 1, to: 4 });
  assert.deepEqual([sse.missed, sse.cursor], [4, 4]);
  skip(sse, { from: 1, to: 4 });
  skip(sse, { from: 5, to: 9, kept_from: 8 });
  assert.deepEqual([sse.missed, sse.cursor], [7, 7]);
  assert.deepEqual([{ from: 5, to: 9 }, { kept_from: 8 }].map(cursorBehind), [9, 7]);
});

test("the median of an even number of samples lies between the middle two; without any there is none", () => {
  assert.deepEqual([median([4, 1]), median([9, 1, 2]), quantile([5, 1, 3], 0.9)], [2.5, 2, 5]);
  assert.ok(Number.isNaN(median([])) && Number.isNaN(quantile([], 0.5)));
});

test("delays and hops are put right by the clocks' difference", () => {
  const r = race(["sse"]);
  r.clock = { offset: 1000, error: 0.5 };  // the server is a second ahead of the browser
  r.clicked = second - 1000;
  const arrive = (e, after) => stats.take(r, r.lanes.sse, e, timeOf(e.time) - 1000 + after);
  arrive(event(1, "accepted", 3), 4);
  arrive(event(2, "started", 9, { resumed: false }), 4);
  arrive(event(3, "result", 20.5), 4);
  arrive(event(4, "result", 40.5), 8);
  assert.deepEqual(stats.delays(r, r.lanes.sse), [4, 8]);
  r.timeline = { events: [3, 4].map((seq) => ({ seq, folded: stamp(seq === 3 ? 22.5 : 43.5) })) };
  const h = stats.hops(r);
  assert.deepEqual([h.submit, h.accept, h.begin, h.publish, h.fold, h.inside, h.deliver], [3, 0, 6, 0.5, 2, 2.5, 3.5]);
  assert.equal(stats.lastHop(r, r.lanes.sse), 3.5);
});

test("bytes are bodies and a fixed head for each HTTP answer", () => {
  const lane = stats.emptyLane("poll");
  stats.received(lane, { bytes: 100, empty: true, head: true });
  stats.received(lane, { bytes: 50, empty: false, head: true });
  stats.received(lane, { bytes: 7 });
  assert.equal(stats.receivedBytes(lane), 157 + 2 * 300);
  assert.equal(lane.empty, 1);
});

test("the verdict says what was measured, and no more", () => {
  const finished = (delayOf, error = 0.2) => {
    const r = race(["poll", "longpoll", "sse", "websocket"], 1000);
    r.clock = { offset: 0, error };
    for (const lane of Object.values(r.lanes)) {
      lane.requests = lane.via === "poll" ? [1, 2, 3] : [1];
      lane.results = [1, 2].map((seq) => ({ seq, existed: second, here: second + delayOf[lane.via] }));
      lane.done = true;
    }
    r.lanes.poll.empty = 1;
    r.status = "succeeded";
    return r;
  };
  const clear = verdict(finished({ poll: 500, longpoll: 3, sse: 2, websocket: 1 }));
  assert.match(clear.headline, /about 500 times closer.*WebSocket had a result 1\.0 ms.*polling 500 ms/);
  assert.match(clear.sentences[0], /every 1 s asked 3 times for 2 results, 1 time for nothing/);
  assert.match(verdict(finished({ poll: 500, longpoll: 3, sse: 2, websocket: 1 }, 10)).headline, /at least 50 times/);
  assert.match(verdict(finished({ poll: 2, longpoll: 2, sse: 2, websocket: 2 })).headline, /no difference/);
  const broken = finished({ poll: 500, longpoll: 3, sse: 2, websocket: 1 });
  broken.lanes.sse.failed = "The server said no.";
  assert.deepEqual(verdict(broken).sentences, ["SSE: The server said no."]);
});

test("numbers are said as people say them", () => {
  assert.deepEqual([0.01, 1.26, 42.4, 999.4, 1234, 12345].map(duration), ["< 0.1 ms", "1.3 ms", "42 ms", "999 ms", "1.23 s", "12.3 s"]);
  assert.equal(duration(NaN), "–");
  assert.deepEqual([999, 1234, 123456, 2345678].map(size), ["999 B", "1.2 kB", "123 kB", "2.3 MB"]);
  assert.deepEqual([1.26, 379.4].map(ratio), ["1.3", "380"]);
});
