// The four lanes and the line of the moments at which results existed, all on one axis of time.
import { median } from "../shared/numbers.js";
import { node, ticks, widthOf } from "../shared/svg.js";
import { transportNames } from "../shared/transports.js";
import { duration, size } from "../shared/words.js";
import { delays, receivedBytes } from "./stats.js";

const height = 46, middle = 20, radius = 5, edge = 8;

// Results that came together are one dot with their number.
function clusters(results, x) {
  const out = [];
  for (const r of results) {
    const last = out.at(-1);
    if (last && x(r.here) - last.x < radius) last.results.push(r);
    else out.push({ x: x(r.here), results: [r] });
  }
  return out;
}

export function makeLanes(table) {
  const rows = Object.fromEntries([...table.querySelectorAll("[data-lane]")].map((row) => [row.dataset.lane, row]));
  const axis = table.querySelector("#race-axis");
  const cell = (row, name) => row.querySelector(`[data-cell=${name}]`);
  let race = null;
  let span = 1000;

  const scaleOf = (svg) => {
    const width = Math.max(160, widthOf(svg));
    svg.setAttribute("viewBox", `0 0 ${width} ${svg.clientHeight || height}`);
    return (t) => edge + ((t - race.clicked) / span) * (width - 2 * edge);
  };

  function drawAxis() {
    const x = scaleOf(axis);
    axis.replaceChildren(...ticks(span, widthOf(axis) / 70).map((t) =>
      node("text", { x: x(race.clicked + t), y: 14, "text-anchor": t === 0 ? "start" : "middle" }, `${t / 1000} s`)));
  }

  // Moments of the server's clock, told by the browser's.
  const local = (t) => t - race.clock.offset;
  const existed = () => race.events.filter((e) => e.type === "result").map((e) => race.existed.get(e.seq));

  function drawExisted() {
    const svg = rows.existed.querySelector("svg");
    const x = scaleOf(svg);
    svg.replaceChildren(node("line", { class: "rail", x1: x(race.clicked), x2: x(race.clicked + span), y1: middle, y2: middle }),
      ...existed().map((t) => node("circle", { class: "made", cx: x(local(t)), cy: middle, r: 4 })));
    cell(rows.existed, "results").textContent = existed().length;
  }

  function drawTrack(lane, row) {
    const svg = row.querySelector("svg");
    const x = scaleOf(svg);
    const parts = [node("line", { class: "rail", x1: x(race.clicked), x2: x(race.clicked + span), y1: middle, y2: middle })];
    if (lane.results.length) {
      parts.push(node("line", { class: "fill", x1: x(race.clicked), x2: x(lane.results.at(-1).here), y1: middle, y2: middle }));
    }
    for (const t of existed()) {
      parts.push(node("line", { class: "ghost", x1: x(local(t)), x2: x(local(t)), y1: middle - 11, y2: middle + 11 }));
    }
    for (const r of lane.results) {
      parts.push(node("line", { class: "late", x1: x(local(r.existed)), x2: x(r.here), y1: middle, y2: middle }));
    }
    for (const { x: at, results } of clusters(lane.results, x)) {
      const dot = node("circle", { class: "here", cx: at, cy: middle, r: results.length > 1 ? 9 : radius });
      const late = results.map((r) => duration(r.here - local(r.existed))).join(", ");
      dot.append(node("title", {}, `${results.length > 1 ? `${results.length} results together` : "one result"}, late by ${late}`));
      parts.push(dot);
      if (results.length > 1) {
        parts.push(node("text", { class: "together", x: at, y: middle + 4, "text-anchor": "middle" }, results.length));
      }
    }
    for (const r of lane.requests) {
      parts.push(node("line", { class: "request", x1: x(r), x2: x(r), y1: height - 10, y2: height - 2 }));
    }
    svg.replaceChildren(...parts);
  }

  function fill(lane) {
    const row = rows[lane.via];
    const all = delays(race, lane);
    cell(row, "requests").textContent = lane.requests.length;
    cell(row, "empty").textContent = lane.empty;
    cell(row, "bytes").textContent = size(receivedBytes(lane));
    cell(row, "delay").textContent = duration(median(all));
    cell(row, "worst").textContent = all.length ? `worst ${duration(Math.max(...all))}` : "";
    cell(row, "results").textContent = `${lane.results.length} of ${race.options.results}`;
    cell(row, "note").textContent = lane.failed || lane.trouble;
    row.dataset.state = lane.failed ? "failed" : lane.done ? "done" : "open";
    drawTrack(lane, row);
    row.querySelector("svg").setAttribute("aria-label",
      `${transportNames[lane.via]}: ${lane.results.length} of ${race.options.results} results, ${lane.requests.length} requests`);
  }

  return {
    // Draws everything anew: `now` is the browser's time, which the axis must hold.
    draw(shown, now) {
      race = shown;
      const planned = race.options.results * race.options.every + Math.max(race.options.poll, 500);
      const last = Math.max(now, ...Object.values(race.lanes).flatMap((l) => l.results.map((r) => r.here)));
      span = Math.max(1000, planned, (last - race.clicked) * 1.02);
      drawAxis();
      drawExisted();
      for (const lane of Object.values(race.lanes)) fill(lane);
    },
  };
}
