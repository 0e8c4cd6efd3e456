// Both pages before axe-core, which knows the rules of WCAG that a program can check, in every way they are looked at;
// and what axe does not see: what forced colours and printers leave out, and what moves.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { openPage, overflow, phone, serverAndBrowser, shots } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const both = serverAndBrowser();

// What axe finds wrong, a line each. All rules of A and AA, also those that it leaves out by itself.
const findings = (page) => page.evaluate(async (script) => {
  (0, eval)(script);
  const levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const rules = Object.fromEntries(globalThis.axe.getRules(levels).map((r) => [r.ruleId, { enabled: true }]));
  const { violations } = await globalThis.axe.run({ rules });
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary}`));
}, axe);

const views = {
  "in the light": {},
  "in the dark": { colorScheme: "dark" },
  "on a phone": phone,
  "at 320 px": { viewport: { width: 320, height: 640 } },
  "in forced colours": { forcedColors: "active" },
  "in forced colours, dark": { forcedColors: "active", colorScheme: "dark" },
  "with reduced motion": { reducedMotion: "reduce" },
  "on paper": { media: "print" },
  "on paper, by somebody who likes it dark": { media: "print", colorScheme: "dark" },
};

// The page's own policy forbids scripts like the checker's.
async function open(t, path, { media, ...options }) {
  const page = await openPage(t, both.browser, both.server.url + path, { ...options, bypassCSP: true });
  const look = async () => {
    if (!media) return;
    await page.emulateMedia({ media });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  };
  return { page, look };
}

async function taskShown(t, options) {
  const { page, look } = await open(t, "/", options);
  await page.getByLabel("Simulated results").check();
  await page.locator("input[name=results]").fill("40");
  await page.locator("input[name=interval_ms]").fill("20");
  await page.getByRole("button", { name: "Start" }).click();
  await page.locator("#status[data-status=succeeded]").waitFor();
  await page.locator("#log-panel summary").click();
  await look();
  return page;
}

async function raceShown(t, options) {
  const { page, look } = await open(t, "/race.html#results=5&every=100&poll=100", options);
  await page.getByRole("button", { name: "Start the race" }).click();
  await page.locator("#verdict").waitFor({ state: "visible" });
  await look();
  return page;
}

// The contrast (WCAG) of the lightest and the darkest point in an element's picture, which has some ground around it.
async function contrast(page, locator) {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  const clip = { x: box.x - 4, y: box.y - 4, width: box.width + 8, height: box.height + 8 };
  const picture = (await page.screenshot({ clip, animations: "disabled" })).toString("base64");
  return page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    const linear = (v) => (v <= 10.31 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    const light = (i) => 0.2126 * linear(data[i]) + 0.7152 * linear(data[i + 1]) + 0.0722 * linear(data[i + 2]);
    const all = Array.from({ length: data.length / 4 }, (_, i) => light(4 * i));
    return (Math.max(...all) + 0.05) / (Math.min(...all) + 0.05);
  }, picture);
}

// 3:1 is what WCAG 1.4.11 asks of graphics.
async function holdSeen(page, selectors) {
  for (const selector of selectors) {
    const of = await contrast(page, page.locator(selector).first());
    assert.ok(of >= 3, `${selector} has a contrast of ${of.toFixed(2)} only`);
  }
}

// Printers leave backgrounds out.
const withoutBackgrounds = (page) => page.addStyleTag({ content: "*, *::before, *::after { background: none !important }" });

const marks = {
  task: ["#timeline circle[data-via=sse]", "#timeline text"],
  race: [".k-made", ".k-here", ".k-late", ".k-request", "[data-lane=poll] .way", "[data-lane=sse] .track .here",
         "[data-lane=existed] .made", "#delays .middle", ".hop.there.lit i", ".hop.back.lit i"],
};

for (const [name, options] of Object.entries(views)) {
  test(`the page of one task ${name}`, async (t) => {
    const page = await taskShown(t, options);
    await page.screenshot({ path: join(shots, `task ${name}.png`), fullPage: true });
    assert.deepEqual(await findings(page), []);
    assert.ok(await overflow(page) <= 0, `${await overflow(page)} px too wide`);
    if (options.media) await withoutBackgrounds(page);
    await holdSeen(page, marks.task);
  });

  test(`the race ${name}`, async (t) => {
    const page = await raceShown(t, options);
    await page.screenshot({ path: join(shots, `race ${name}.png`), fullPage: true });
    assert.deepEqual(await findings(page), []);
    assert.ok(await overflow(page) <= 0, `${await overflow(page)} px too wide`);
    if (options.media) await withoutBackgrounds(page);
    await holdSeen(page, marks.race);
  });
}

// The texts of elements that hold more than there is room for; and of those that lie over another one.
const tooWide = (locator) =>
  locator.evaluateAll((all) => all.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent.trim().slice(0, 40)));
const overlapping = (locator) => locator.evaluateAll((all) => {
  const boxes = all.map((e) => e.getBoundingClientRect());
  return all.filter((e, i) => boxes.some((b, j) => i < j && boxes[i].left < b.right && b.left < boxes[i].right &&
                                                   boxes[i].top < b.bottom && b.top < boxes[i].bottom)).map((e) => e.textContent);
});

test("at 320 px nothing that is drawn has to be scrolled to be seen, and no number lies over another", async (t) => {
  const page = await taskShown(t, views["at 320 px"]);
  assert.deepEqual(await tooWide(page.locator("figure")), []);
  assert.deepEqual(await overlapping(page.locator("#timeline text")), []);

  const race = await raceShown(t, views["at 320 px"]);
  assert.deepEqual(await overlapping(race.locator("#delays text")), []);
  assert.deepEqual(await tooWide(race.locator("#lanes td.number:visible")), []);
  const gaps = await race.locator("#lanes td.number:visible + td.number").evaluateAll((all) => all.map((cell) => {
    const [own, before] = [cell, cell.previousElementSibling].map((e) => e.getBoundingClientRect());
    return own.top < before.bottom ? own.left - before.right : Infinity;
  }));
  assert.ok(Math.min(...gaps) >= 4, `${gaps} px between numbers`);
});

test("which one is chosen or plays is seen in forced colours", async (t) => {
  const page = await taskShown(t, views["in forced colours"]);
  const style = (locator, name) => locator.evaluate((e, n) => getComputedStyle(e)[n], name);
  assert.notEqual(await style(page.locator("nav a[aria-current]"), "outlineStyle"), "none");
  await page.locator("#clips-panel").evaluate((e) => {
    e.hidden = false;
    document.getElementById("clips").innerHTML = '<li><button aria-current="true">1</button></li><li><button>2</button></li>';
  });
  const [chosen, other] = [page.locator("#clips button").nth(0), page.locator("#clips button").nth(1)];
  assert.notEqual(await style(chosen, "backgroundColor"), await style(other, "backgroundColor"));
});

test("on paper there is nothing to press, and the whole history", async (t) => {
  const page = await taskShown(t, views["on paper, by somebody who likes it dark"]);
  for (const what of ["button:visible", "input:visible", "nav:visible", "select:visible"]) {
    assert.equal(await page.locator(what).count(), 0, what);
  }
  assert.ok(await page.locator("#task-id").isVisible() && await page.locator("#timeline").isVisible());
  assert.ok(await page.locator("#log").evaluate((e) => e.scrollHeight <= e.clientHeight + 1), "the history is cut off");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), "rgb(22, 32, 44)");
  const drawnWidth = (p, what) => p.locator(what).evaluate((e) => e.viewBox.baseVal.width);
  assert.ok(await drawnWidth(page, "#timeline") <= 640);

  const race = await raceShown(t, views["on paper"]);
  for (const what of ["button:visible", "input:visible", "nav:visible", "#download:visible"]) assert.equal(await race.locator(what).count(), 0, what);
  for (const what of ["#delays", "[data-lane=sse] .track svg"]) assert.ok(await drawnWidth(race, what) <= 640, what);
  assert.ok(await race.locator("#lanes").isVisible() && await race.locator("#headline").isVisible());
});

test("with reduced motion nothing glides", async (t) => {
  const page = await openPage(t, both.browser, `${both.server.url}/race.html#results=5&every=50&poll=100`,
                              { reducedMotion: "reduce" }, (p) => p.addInitScript(() => {
    globalThis.glided = [];
    const scroll = Element.prototype.scrollIntoView;
    Element.prototype.scrollIntoView = function (options) {
      if (options?.behavior === "smooth") globalThis.glided.push(this.id);
      scroll.call(this, options);
    };
    for (const kind of ["animationstart", "transitionstart"]) {
      document.addEventListener(kind, (e) => globalThis.glided.push(`${kind} of ${e.target.className}`), true);
    }
  }));
  await page.getByRole("button", { name: "Start the race" }).click();
  await page.locator("#verdict").waitFor({ state: "visible" });
  assert.deepEqual(await page.evaluate(() => globalThis.glided), []);
});

test("each page says in a sentence what it is, for those who search", async (t) => {
  const said = [];
  for (const path of ["/", "/race.html"]) {
    const page = await openPage(t, both.browser, both.server.url + path);
    said.push(await page.locator("head meta[name=description]").getAttribute("content"));
  }
  assert.ok(said.every((text) => text.length >= 50 && text.length <= 160), JSON.stringify(said));
  assert.notEqual(said[0], said[1]);
});
