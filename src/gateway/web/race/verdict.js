// A race that is over, in plain words and the numbers it measured. Pure: { headline, sentences }.
import { transportNames } from "../shared/transports.js";
import { count, duration, ratio, setting, size, times } from "../shared/words.js";
import { lastHop, summary } from "./stats.js";

const name = (s) => transportNames[s.via];
const start = (text) => text[0].toUpperCase() + text.slice(1);

// Below it two delays are the same, as far as one race can tell.
const worthNaming = 1.3;

// What lies below the error of the clocks is not known.
function headline(poll, best, error) {
  const known = Math.max(best.median, error, 0.1);
  const r = poll.median / known;
  if (!(r >= worthNaming)) return "This time it made no difference who waits: every way was about as quick.";
  return `Streaming was ${known > best.median ? "at least" : "about"} ${ratio(r)} times closer to the moment: ${name(best)} had a ` +
         `result ${duration(best.median)} after it existed, polling ${duration(poll.median)}.`;
}

function costOfPolling(poll, every) {
  const empty = poll.empty === 0 ? "each of them with news"
    : `${count(poll.empty, "time", "times")} for nothing`;
  return `Polling every ${setting(every)} asked ${times(poll.requests)} for ${count(poll.results, "result")}, ${empty}, and the ` +
         `worst result was ${duration(poll.worst)} late.`;
}

function costOfStreams(streams, poll) {
  const each = streams.map((s) => `${name(s)} asked ${times(s.requests)} and received ${size(s.bytes)}`);
  return `${each.join("; ")}; polling received ${size(poll.bytes)}.`;
}

function ofLongPoll(long, best) {
  const near = long.median <= best.median * worthNaming || long.median - best.median < 1
    ? "was as quick as a stream" : `came ${duration(long.median)} after each result`;
  return `Long poll ${near}, but asked anew after each batch of news: ${times(long.requests)}.`;
}

function ofHops(race, best) {
  const way = lastHop(race, race.lanes[best.via]);
  if (!Number.isFinite(way)) return "";
  return `Of ${name(best)}'s ${duration(best.median)} the last hop, from the gateway to this page, took ${duration(way)}; what came ` +
         "before is the same for all four.";
}

function servedBy(race) {
  const gateway = race.place?.gateway;
  const processors = [...new Set(race.events.filter((e) => e.attempt > 0 && e.type !== "ended").map((e) => e.source))];
  if (!gateway || processors.length === 0) return "";
  return `Served by the gateway “${gateway}”, from ${processors.length > 1 ? "the processors" : "the processor"} ` +
         `${processors.map((p) => `“${p}”`).join(", ")}; the bus is ${race.place.bus}.`;
}

export function verdict(race) {
  const all = Object.fromEntries(Object.values(race.lanes).map((lane) => [lane.via, summary(race, lane)]));
  const failed = Object.values(race.lanes).filter((l) => l.failed);
  if (failed.length > 0) {
    return {
      headline: "Not every way arrived, so there is nothing to compare.",
      sentences: failed.map((l) => `${transportNames[l.via]}: ${l.failed}`),
    };
  }
  const streams = [all.sse, all.websocket];
  if (streams.some((s) => s.results === 0)) {
    return { headline: `The task ${race.status === "canceled" ? "was stopped" : "ended"} before it had a result.`, sentences: [] };
  }
  const best = streams[0].median <= streams[1].median ? streams[0] : streams[1];
  const short = race.status === "succeeded" ? "" : `The task was ${race.status} early: these are the numbers until then.`;
  return {
    headline: headline(all.poll, best, race.clock.error),
    sentences: [
      short, costOfPolling(all.poll, race.options.poll), ofLongPoll(all.longpoll, best), start(costOfStreams(streams, all.poll)),
      ofHops(race, best), servedBy(race),
    ].filter(Boolean),
  };
}
