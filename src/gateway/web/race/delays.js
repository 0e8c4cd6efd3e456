// Every delay of a race as a dot on a logarithmic axis, a line for each lane, its median marked.
import { median } from "../shared/numbers.js";
import { node, widthOf } from "../shared/svg.js";
import { transportNames } from "../shared/transports.js";
import { duration, setting } from "../shared/words.js";
import { delays } from "./stats.js";

const widestLabel = 60;
const left = 92, right = 74, top = 22, row = 31;
const least = 0.1;  // ms; what is less stands there

export function drawDelays(svg, race) {
  const lanes = Object.values(race.lanes);
  const width = Math.max(240, widthOf(svg));
  const most = Math.max(1000, ...lanes.flatMap((lane) => delays(race, lane)));
  const steps = [];
  for (let ms = least; ms < most * 10; ms = Number((ms * 10).toPrecision(1))) steps.push(ms);
  const end = Math.log10(steps.at(-1) / least);
  const x = (ms) => left + (Math.log10(Math.max(ms, least) / least) / end) * (width - left - right);
  svg.setAttribute("viewBox", `0 0 ${width} ${top + row * lanes.length + 4}`);
  svg.replaceChildren();
  const everyNth = Math.ceil(widestLabel / (x(steps[1]) - x(steps[0])));
  steps.forEach((ms, i) => {
    svg.append(node("line", { class: "step", x1: x(ms), x2: x(ms), y1: top - 4, y2: top + row * lanes.length }));
    if (i % everyNth === 0) svg.append(node("text", { x: x(ms), y: 12, "text-anchor": "middle" }, setting(ms)));
  });
  lanes.forEach((lane, i) => {
    const all = delays(race, lane);
    const y = top + row * i + row / 2;
    const group = node("g", { "data-lane": lane.via });
    group.append(node("text", { class: "name", x: 0, y: y + 4 }, transportNames[lane.via]));
    for (const ms of all) group.append(node("circle", { class: "one", cx: x(ms), cy: y, r: 4.5 }));
    if (all.length) {
      const middle = median(all);
      group.append(node("line", { class: "middle", x1: x(middle), x2: x(middle), y1: y - 10, y2: y + 10 }),
                   node("text", { class: "number", x: width, y: y + 4, "text-anchor": "end" }, duration(middle)));
    }
    svg.append(group);
  });
}
