// Small helpers to draw.
const svgNamespace = "http://www.w3.org/2000/svg";

export function node(name, attributes, text) {
  const n = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) n.setAttribute(key, value);
  if (text !== undefined) n.textContent = text;
  return n;
}

export function ticks(span, most = 8) {
  const steps = [100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000, 300000, 900000];
  const step = steps.find((s) => span / s <= most) ?? span;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => i * step);
}

// Paper is narrower than most windows: what was drawn for a window would be small print on it.
const paperWidth = 640;
let printing = false;

// How wide a drawing is to be, in the unit of its texts.
export const widthOf = (svg) => (printing ? paperWidth : svg.clientWidth);

export function drawForPaper(draw) {
  addEventListener("beforeprint", () => { printing = true; draw(); });
  addEventListener("afterprint", () => { printing = false; draw(); });
}
