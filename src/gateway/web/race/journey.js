// The picture of the journey: four stations, three hops there, three back. A hop lights up when an event proves that it
// was passed; its time is filled in as soon as it is known.
import { duration, roughDuration } from "../shared/words.js";
import { hops } from "./stats.js";

// Which hops an event proves, in their order, and how long after each other they light up.
const proves = { accepted: ["submit", "accept"], started: ["begin"], result: ["publish", "fold", "deliver"] };
const stepMs = 90;

export function makeJourney(root) {
  const hop = (name) => root.querySelector(`[data-hop=${name}]`);
  const station = (name) => root.querySelector(`[data-station=${name}]`);
  let timers = [];

  function light(element) {
    element.classList.add("lit");
    // Again from its beginning, also while it still runs.
    element.classList.remove("pulse");
    void element.offsetWidth;
    element.classList.add("pulse");
  }

  root.addEventListener("animationend", (e) => e.target.closest(".hop").classList.remove("pulse"));

  const detail = (name, text) => { station(name).querySelector(".detail").textContent = text; };

  return {
    clear() {
      timers.forEach(clearTimeout);
      timers = [];
      root.querySelectorAll(".lit, .pulse").forEach((e) => e.classList.remove("lit", "pulse"));
      root.querySelectorAll(".time").forEach((e) => { e.textContent = ""; });
      root.querySelectorAll(".detail").forEach((e) => { e.textContent = ""; });
    },
    seen(event) {
      if (event.type === "accepted") detail("gateway", event.source);
      if (event.type === "started") {
        detail("processor", event.source + (event.attempt > 1 ? `, attempt ${event.attempt}` : ""));
        light(station("processor"));
      }
      (proves[event.type] ?? []).forEach((name, i) => timers.push(setTimeout(() => light(hop(name)), i * stepMs)));
      if (event.type === "ended") root.querySelectorAll("[data-station]").forEach((s) => s.classList.remove("pulse"));
    },
    fill(race) {
      const h = hops(race);
      const say = (name, text) => { hop(name).querySelector(".time").textContent = text; };
      const known = (v, f) => (Number.isFinite(v) ? f(v) : "");
      say("submit", known(h.submit, duration));
      say("accept", known(h.accept, roughDuration));
      say("begin", known(h.begin, roughDuration));
      say("publish", known(h.publish, roughDuration));
      say("fold", known(h.fold, roughDuration));
      say("deliver", known(h.deliver, duration));
      if (race.place) {
        detail("gateway", race.place.gateway);
        detail("bus", race.place.bus);
      }
      if (Number.isFinite(race.clock.error)) {
        const ahead = race.clock.offset;
        detail("browser", Math.abs(ahead) <= race.clock.error + 1
          ? `clock ± ${duration(race.clock.error)}`
          : `server ${duration(Math.abs(ahead))} ${ahead > 0 ? "ahead" : "behind"}, put right`);
      }
    },
  };
}
