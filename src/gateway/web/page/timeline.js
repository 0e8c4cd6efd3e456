// Draws when each result existed (top line) and when each transport delivered it (a line for each that did).
import { median } from "../shared/numbers.js";
import { node, ticks, widthOf } from "../shared/svg.js";
import { transportNames } from "../shared/transports.js";
import { duration } from "../shared/words.js";

const left = 84, right = 16, lane = 34, top = 22;
const widestTick = 56;

export function drawTimeline(svg, caption, deliveries) {
  const shown = deliveries.filter((d) => d.type === "result" || d.type === "ended");
  const lanes = Object.keys(transportNames).filter((via) => shown.some((d) => d.via === via));
  const start = deliveries.length ? deliveries[0].existed : 0;
  const span = Math.max(1000, ...shown.map((d) => Math.max(d.existed, d.here) - start));
  const width = widthOf(svg) || 640;
  const height = top + lane * (lanes.length + 1) + 8;
  const x = (t) => left + ((t - start) / span) * (width - left - right);
  const y = (row) => top + lane * row + lane / 2;

  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("height", height);
  svg.replaceChildren();
  for (const t of ticks(span, (width - left - right) / widestTick)) {
    svg.append(node("line", { class: "axis", x1: x(start + t), x2: x(start + t), y1: top, y2: height - 8 }),
               node("text", { x: x(start + t), y: 14, "text-anchor": "middle" }, `${t / 1000} s`));
  }
  svg.append(node("text", { x: 0, y: y(0) + 4 }, "existed"));
  lanes.forEach((via, i) => svg.append(node("text", { x: 0, y: y(i + 1) + 4 }, transportNames[via])));
  for (const d of shown) {
    const row = lanes.indexOf(d.via) + 1;
    const here = Math.max(d.here, d.existed);
    svg.append(node("line", { class: "link", x1: x(d.existed), y1: y(0), x2: x(here), y2: y(row) }));
    const dot = node("circle", { cx: x(d.existed), cy: y(0), r: 4, fill: "var(--exists)" });
    const arrival = node("circle", { cx: x(here), cy: y(row), r: 5, fill: `var(--${d.via})`, "data-via": d.via });
    arrival.append(node("title", {}, `event ${d.seq}: ${duration(here - d.existed)} after it existed`));
    svg.append(dot, arrival);
  }
  caption.textContent = lanes.map((via) => {
    const delays = shown.filter((d) => d.via === via).map((d) => Math.max(0, d.here - d.existed));
    return `${transportNames[via]}: ${delays.length} delivered, median ${duration(median(delays))} after they existed`;
  }).join(". ");
}
