// Wires the page: form → task → one transport at a time → history → what is shown.
import { cancel, kinds } from "../shared/api.js";
import { now } from "../shared/clock.js";
import { $, element, say } from "../shared/dom.js";
import { isOver, restarts, skip } from "../shared/reader.js";
import { signedIn } from "../shared/session.js";
import { drawForPaper } from "../shared/svg.js";
import { makeTransports } from "../shared/transports.js";
import { setting } from "../shared/words.js";
import { choicesOf } from "./choices.js";
import { emptyHistory, take } from "./history.js";
import { makePlayer } from "./player.js";
import { placeInWords } from "./queue.js";
import { showTasks } from "./tasks.js";
import { drawTimeline } from "./timeline.js";

const maxLogLines = 500;

const interval = $("interval");
const transports = makeTransports(() => interval.valueAsNumber);
const player = makePlayer($("player"), $("clips"), $("now-playing"));
let history = null;
let stop = () => {};
let requests = 0;
let redraw = 0;

const via = () => document.querySelector("input[name=via]:checked").value;
const ended = () => history && isOver(history.status);

// ---- showing ----

function showClip(event) {
  const clip = event.data;
  if (typeof clip?.url === "string" && String(clip.media_type).startsWith("video/")) {
    $("clips-panel").hidden = false;
    player.add(clip);
  }
}

function showLine(event) {
  const text = `${event.seq} ${event.type} ${JSON.stringify(event.data ?? event.data_base64)}`.slice(0, 400);
  const line = element("li", { textContent: text });
  line.dataset.seq = event.seq;
  $("log").append(line);
  if ($("log").childElementCount > maxLogLines) $("log").firstElementChild.remove();
}

function show() {
  $("empty").hidden = true;
  for (const id of ["task", "timeline-panel", "log-panel"]) $(id).hidden = false;
  $("task-id").textContent = history.id;
  $("curl").textContent = `curl -N ${location.origin}/api/tasks/${history.id}/events`;
  $("status").textContent = history.status + (history.attempt > 1 ? ` (attempt ${history.attempt})` : "");
  $("status").dataset.status = history.status;
  const place = history.status === "queued" && history.place;
  $("queued").textContent = place ? placeInWords(place, now()) : "";
  $("cancel").disabled = ended();
  if (history.fraction === null && !ended()) $("progress").removeAttribute("value");
  else $("progress").value = history.fraction ?? 0;
  $("fraction").textContent = history.fraction === null ? "" : `${Math.round(history.fraction * 100)} %`;
  $("count-events").textContent = history.events.length;
  $("count-results").textContent = history.results.length;
  $("count-repeated").textContent = history.repeated;
  $("count-missed").textContent = history.missed;
  $("count-requests").textContent = requests;
  $("count-cursor").textContent = history.cursor;
  if (history.error) say("error", `The task failed: ${history.error}`);
  drawTimeline($("timeline"), $("timeline-text"), history.deliveries);
}

// However many events come in one turn, the page is drawn once.
function showSoon() {
  if (!redraw) redraw = requestAnimationFrame(() => { redraw = 0; if (history) show(); });
}

// ---- following ----

function follow() {
  stop();
  const by = via();
  const own = history;
  const guard = (f) => (...a) => { if (own === history) { f(...a); showSoon(); } };
  stop = transports[by](own.id, own.cursor, {
    request: guard(() => { requests += 1; }),
    received: () => {},
    event: guard((event) => {
      if (!take(own, event, by, now())) return;
      if (restarts(event)) player.clear();
      if (event.type === "result") showClip(event);
      showLine(event);
    }),
    queued: guard((place) => { own.place = place; }),
    gap: guard((gap) => {
      skip(own, gap);
      say("notice", "A part of this history is no longer kept by the server: the counter “missed” says how much.");
    }),
    trouble: guard((text) => say("notice", text)),
    failed: guard((error) => say("error", error.message)),
    done: guard(() => say("notice", null)),
  });
}

function open(id) {
  stop();
  history = emptyHistory(id);
  requests = 0;
  player.clear();
  $("log").replaceChildren();
  $("clips-panel").hidden = true;
  say("error", null);
  say("notice", null);
  show();
  follow();
}

function fromFragment() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const choice = document.querySelector(`input[name=via][value="${CSS.escape(parts.get("via") ?? "sse")}"]`);
  if (choice) choice.checked = true;
  const id = parts.get("task");
  if (id && id !== history?.id) open(id);
}

function toFragment(id) {
  location.hash = new URLSearchParams({ task: id, via: via() });
}

// ---- acting ----

const form = $("submit");
let choices = [];
const chosen = () => choices.find((c) => c.radio.checked);

// Only the fields of what is chosen are in the page; those of the others keep what was written into them.
function showFields() {
  $("fields").replaceChildren(chosen().element);
}

function offer(all) {
  choices = choicesOf(all);
  for (const choice of choices) {
    choice.radio = element("input", { type: "radio", name: "what", value: choice.value, checked: choice === choices[0] });
    choice.radio.addEventListener("change", showFields);
    $("choices").append(element("label", {}, choice.radio, ` ${choice.label}`));
  }
  showFields();
  $("start").disabled = false;
}

function showUpload(fraction) {
  $("upload").hidden = false;
  $("upload").value = fraction;
}

form.addEventListener("submit", async (e) => {
  e.preventDefault();
  const choice = chosen();
  say("error", null);
  $("start").disabled = true;
  try {
    const task = await choice.start(showUpload);
    toFragment(task.request_id);
    if (history?.id !== task.request_id) open(task.request_id);
    $("task-panel").focus({ preventScroll: true });
  } catch (error) {
    say("error", error.message);
    if (error.pointer !== undefined) choice.complain(error.pointer);
  } finally {
    $("start").disabled = false;
    $("upload").hidden = true;
  }
});

$("cancel").addEventListener("click", () => cancel(history.id).catch((error) => say("error", error.message)));
$("transports").addEventListener("change", (e) => {
  if (e.target.name !== "via") return;
  toFragment(history.id);
  if (!ended()) follow();
});
interval.addEventListener("input", () => { $("interval-text").textContent = setting(interval.valueAsNumber); });

// A file may be dropped anywhere on the page, for the first kind that takes such ones.
const drops = () => document.querySelectorAll(".drop");
for (const name of ["dragover", "dragenter"]) {
  document.addEventListener(name, (e) => { e.preventDefault(); drops().forEach((d) => d.classList.add("over")); });
}
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, () => drops().forEach((d) => d.classList.remove("over")));
}
document.addEventListener("drop", (e) => {
  e.preventDefault();
  const [dropped] = e.dataTransfer.files;
  const takers = choices.filter((c) => c.file);
  const taker = takers.find((c) => c.file.takes(dropped?.type)) ?? takers[0];
  if (!dropped || !taker) return;
  taker.radio.checked = true;
  showFields();
  taker.file.input.files = e.dataTransfer.files;
  taker.file.show();
});

addEventListener("hashchange", fromFragment);
addEventListener("resize", showSoon);
drawForPaper(() => { if (history) show(); });
signedIn()
  .then(() => {
    fromFragment();
    return kinds();
  })
  .then((all) => {
    offer(all);
    say("notice", all.map((k) => k.notice).filter(Boolean).join(" ") || null);
    showTasks(all);
  })
  .catch((error) => say("error", error.message));
