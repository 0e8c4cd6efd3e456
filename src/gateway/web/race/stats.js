// What a race is, as numbers: four lanes that follow the same task. Pure; no DOM, no clock.
import { timeOf } from "../shared/clock.js";
import { median, quantile } from "../shared/numbers.js";
import { advance, restarts, statusAfter } from "../shared/reader.js";

// What browsers' own Resource Timing adds for the head of an HTTP answer, whatever its true size.
export const headBytes = 300;

export const emptyLane = (via) => ({
  via, requests: [], empty: 0, heads: 0, payload: 0, events: 0, results: [], repeated: 0, missed: 0, cursor: 0,
  trouble: "", failed: "", done: false,
});

export const emptyRace = (options, lanes) => ({
  options, id: "", clicked: 0, clock: { offset: 0, error: Infinity }, status: "queued",
  lanes: Object.fromEntries(lanes.map((via) => [via, emptyLane(via)])),
  events: [],  // each once, from whichever lane had it first, in the order of seq
  first: [],   // by seq - 1: { via, here }
  existed: new Map(),  // seq of a result → when it was made, by the server's clock
  place: null,     // which gateway serves, and what the bus is
  timeline: null,
});

export const received = (lane, { bytes, empty, head }) => {
  lane.payload += bytes;
  if (empty) lane.empty += 1;
  if (head) lane.heads += 1;
};

export const receivedBytes = (lane) => lane.payload + lane.heads * headBytes;

// Takes an event that is `here` now (browser's clock) on a lane. True: no lane had it before.
export function take(race, lane, event, here) {
  if (!advance(lane, event.seq)) return false;
  lane.events += 1;
  if (restarts(event)) lane.results = [];
  if (event.type === "result") lane.results.push({ seq: event.seq, existed: timeOf(event.time), here });
  const fresh = event.seq === race.events.length + 1;
  if (fresh) {
    race.events.push(event);
    race.first.push({ via: lane.via, here });
    if (event.type === "result") race.existed.set(event.seq, timeOf(event.time));
    race.status = statusAfter(race.status, event);
  }
  return fresh;
}

// How long after it existed each result was here; the browser's clock put right.
export const delays = (race, lane) => lane.results.map((r) => r.here + race.clock.offset - r.existed);

export function summary(race, lane) {
  const all = delays(race, lane);
  return {
    via: lane.via, results: lane.results.length, requests: lane.requests.length, empty: lane.empty,
    bytes: receivedBytes(lane), payload: lane.payload, repeated: lane.repeated, missed: lane.missed,
    median: median(all), p90: quantile(all, 0.9), worst: all.length ? Math.max(...all) : NaN,
  };
}

// When the gateway had read an event from the bus, by its own clock; NaN where that is not known.
function foldedTimes(race) {
  const times = new Map((race.timeline?.events ?? []).map((e) => [e.seq, timeOf(e.folded)]));
  return (e) => times.get(e.seq) ?? NaN;
}

// The time of each hop, as far as it is known: NaN where it is not. The bus tells its time in whole milliseconds.
export function hops(race) {
  const at = (type) => race.events.find((e) => e.type === type);
  const accepted = at("accepted");
  const started = at("started");
  const results = race.events.filter((e) => e.type === "result");
  const folded = foldedTimes(race);
  const here = (e) => race.first[e.seq - 1].here + race.clock.offset;
  const middle = (f) => median(results.map(f).filter((v) => !Number.isNaN(v)));
  return {
    submit: accepted ? timeOf(accepted.time) - (race.clicked + race.clock.offset) : NaN,
    accept: accepted ? timeOf(accepted.log_time) - timeOf(accepted.time) : NaN,
    begin: accepted && started ? timeOf(started.time) - timeOf(accepted.log_time) : NaN,
    publish: middle((e) => timeOf(e.log_time) - timeOf(e.time)),
    fold: middle((e) => folded(e) - timeOf(e.log_time)),
    inside: middle((e) => folded(e) - timeOf(e.time)),  // made → at the gateway, in microseconds
    deliver: middle((e) => here(e) - folded(e)),        // to the first lane that had it
  };
}

// Of one lane: from the gateway's reading it to the page's having it.
export function lastHop(race, lane) {
  const folded = foldedTimes(race);
  return median(lane.results.map((r) => r.here + race.clock.offset - folded(r)).filter((v) => !Number.isNaN(v)));
}

export const over = (race) => Object.values(race.lanes).every((l) => l.done || l.failed);
