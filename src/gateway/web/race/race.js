// Wires the race: form → one task → four lanes that follow it → what is shown → the verdict.
import { asError, cancel, request, submit, urlsOf } from "../shared/api.js";
import { best, look, now, timeOf } from "../shared/clock.js";
import { $, element, say } from "../shared/dom.js";
import { skip } from "../shared/reader.js";
import { signedIn } from "../shared/session.js";
import { drawForPaper } from "../shared/svg.js";
import { makeTransports } from "../shared/transports.js";
import { duration, setting } from "../shared/words.js";
import { drawDelays } from "./delays.js";
import { makeJourney } from "./journey.js";
import { makeLanes } from "./lanes.js";
import { makeMany } from "./many.js";
import { delays, emptyRace, hops, over, received, summary, take } from "./stats.js";
import { verdict } from "./verdict.js";

const ways = ["poll", "longpoll", "sse", "websocket"];

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const form = $("race-form");
const journey = makeJourney($("journey"));
const lanes = makeLanes($("lanes"));
const transports = makeTransports(() => race.options.poll);
let race = null;
let stops = [];
let many = null;
let drawing = 0;

// ---- the server's clock and its own times ----

async function timeline(id, query) {
  const response = await request(`${urlsOf(id).self}/timeline?${query}`);
  if (!response.ok) throw await asError(response);
  return response.json();
}

// Each look asks for no events. The browser itself knows better than a script when a request left and an answer came.
async function compareClocks(own, looks) {
  performance.clearResourceTimings();
  for (let i = 0; i < looks; ++i) {
    const query = `after=${Number.MAX_SAFE_INTEGER}&look=${i}`;
    const sent = now();
    const answer = await timeline(own.id, query);
    const received = now();
    const entry = performance.getEntriesByType("resource").findLast((e) => e.name.endsWith(query));
    const exact = entry?.requestStart > 0 && entry.responseStart > 0;
    const at = (t) => performance.timeOrigin + t;
    own.clock = best([own.clock, exact ? look(at(entry.requestStart), timeOf(answer.now), at(entry.responseStart))
                                       : look(sent, timeOf(answer.now), received)]);
    own.place ??= { gateway: answer.gateway.split("/")[0], bus: answer.bus_title };
  }
}

async function wholeTimeline(id) {
  let whole = null;
  for (let after = 0; ;) {
    const answer = await timeline(id, `after=${after}`);
    if (whole) whole.events.push(...answer.events);
    else whole = answer;
    if (!answer.more) return whole;
    after = answer.next;
  }
}

// ---- showing ----

function show() {
  lanes.draw(race, now());
  journey.fill(race);
  if (!$("verdict").hidden) drawDelays($("delays"), race);
}

// A moment later: drawing takes milliseconds, and a lane whose event comes just then would seem late.
const restMs = 60;

function showSoon() {
  if (drawing) return;
  drawing = setTimeout(() => requestAnimationFrame(() => { drawing = 0; if (race?.id) show(); }), restMs);
}

function showVerdict() {
  const { headline, sentences } = verdict(race);
  $("headline").textContent = headline;
  $("sentences").replaceChildren(...sentences.map((text) => element("li", {}, text)));
  $("clock-note").textContent = `Delays run from the moment a result was made, by the server's clock, to the moment this page had it. The ` +
    `server's clock was compared with this browser's: it is ${duration(Math.abs(race.clock.offset))} ` +
    `${race.clock.offset < 0 ? "behind" : "ahead"}, ± ${duration(race.clock.error)}, and that is taken out.`;
  URL.revokeObjectURL($("download").href);
  $("download").href = URL.createObjectURL(new Blob([JSON.stringify(report(), null, 1)], { type: "application/json" }));
  $("verdict").hidden = false;
  drawDelays($("delays"), race);
}

// Everything that was measured, for whoever wants to check it.
function report() {
  return {
    options: race.options, request_id: race.id, status: race.status, clock: race.clock, hops: hops(race),
    lanes: Object.values(race.lanes).map((lane) => ({ ...summary(race, lane), events: lane.events, delays: delays(race, lane) })),
    events: race.events, timeline: race.timeline,
  };
}

// ---- racing ----

function hooksOf(own, lane) {
  const guard = (f) => (...a) => { if (own === race) { f(...a); showSoon(); } };
  return {
    request: guard(() => lane.requests.push(now())),
    received: guard((what) => received(lane, what)),
    event: guard((event) => { if (take(own, lane, event, now())) journey.seen(event); }),
    gap: guard((gap) => skip(lane, gap)),
    trouble: guard((text) => { lane.trouble = text ?? ""; }),
    failed: guard((error) => { lane.failed = error.message; finishIfOver(own); }),
    done: guard(() => { lane.done = true; lane.trouble = ""; finishIfOver(own); }),
  };
}

async function start() {
  const options = { results: form.elements.results.valueAsNumber, every: form.elements.every.valueAsNumber,
                    poll: form.elements.poll.valueAsNumber };
  const own = emptyRace(options, ways);
  race = own;
  journey.clear();
  $("verdict").hidden = true;
  say("error", null);
  setRunning(true);
  try {
    own.clicked = now();
    const task = await submit("simulate", { results: options.results, interval_ms: options.every });
    own.id = task.request_id;
    const hooks = Object.fromEntries(ways.map((via) => [via, hooksOf(own, own.lanes[via])]));
    many = makeMany(hooks.websocket);
    stops = ["poll", "longpoll", "sse"].map((via) => transports[via](own.id, 0, hooks[via]));
    stops.push(many.subscribe(own.id, 0, hooks.websocket));
    location.replace(`#${new URLSearchParams(options)}`);
    await compareClocks(own, 5);
    showSoon();
  } catch (error) {
    say("error", error.message);
    if (!own.id) setRunning(false);
  }
}

async function finishIfOver(own) {
  if (!over(own) || own.over) return;
  own.over = true;
  many.close();
  stops.forEach((stop) => stop());
  try {
    own.timeline = await wholeTimeline(own.id);
    await compareClocks(own, 10);
  } catch (error) {
    say("error", `The server's own times are missing: ${error.message}`);
  }
  if (own !== race) return;
  show();
  showVerdict();
  setRunning(false);
  $("verdict").scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
}

function setRunning(running) {
  document.body.classList.toggle("racing", running);
  for (const input of form.querySelectorAll("input")) input.disabled = running;
  $("start").textContent = running ? "Stop" : race ? "Race again" : "Start the race";
  $("start").classList.toggle("stop", running);
  say("announce", running ? "The race is on." : $("verdict").hidden ? "" : `The race is over. ${$("headline").textContent}`);
}

form.addEventListener("submit", (e) => {
  e.preventDefault();
  if (!document.body.classList.contains("racing")) return void start();
  if (race.id) cancel(race.id).catch((error) => say("error", error.message));
});

// ---- sliders ----

const shown = { results: String, every: setting, poll: setting };

function showOptions() {
  for (const [name, words] of Object.entries(shown)) {
    const input = form.elements[name];
    $(`${name}-text`).textContent = words(input.valueAsNumber);
    input.setAttribute("aria-valuetext", words(input.valueAsNumber));
  }
  $("poll-note").textContent = `asks every ${setting(form.elements.poll.valueAsNumber)}`;
  const total = (form.elements.results.valueAsNumber - 1) * form.elements.every.valueAsNumber;
  $("estimate").textContent = `takes about ${Math.max(1, Math.round(total / 1000))} s`;
}

for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
  if (name in shown) form.elements[name].value = value;
}
form.addEventListener("input", showOptions);
addEventListener("resize", showSoon);
drawForPaper(() => { if (race?.id) show(); });
showOptions();
signedIn().catch((error) => say("error", error.message));
