// The race in real Chromium, on the bus inside the process.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openPage, overflow, phone, shots, startBrowser } from "./browser.mjs";
import { holdHops, holdRace, race, report } from "./race.mjs";
import { historyOf, startServer } from "./server.mjs";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

async function serve(t) {
  const server = await startServer();
  t.after(async () => assert.equal((await server.stop()).code, 0, server.errors()));
  return server;
}

test("the numbers of a race are the server's own", async (t) => {
  await holdRace(t, browser, "in-process", { server: await serve(t), processor: "processor", bus: "inside the process" });
});

test("a browser whose clock is an hour off measures right", async (t) => {
  const server = await serve(t);
  const page = await openPage(t, browser, `${server.url}/race.html`, {}, (p) => p.addInitScript(() => {
    const origin = performance.timeOrigin + 3600e3;
    Object.defineProperty(Performance.prototype, "timeOrigin", { get: () => origin });
  }));
  const r = await race(page, { results: 5, every: 100, poll: 200 });
  assert.ok(Math.abs(r.clock.offset + 3600e3) < 1000, `the offset was found to be ${r.clock.offset} ms`);
  holdHops(r, await historyOf(server, r.request_id));
  for (const lane of r.lanes) assert.ok(lane.median < 60e3, `${lane.via}: ${lane.median} ms`);
  assert.match(await page.locator("[data-station=browser] .detail").textContent(), /behind/);
});

test("a race can be stopped, and a server that goes away is named on every lane", async (t) => {
  const server = await startServer();
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${server.url}/race.html#results=60&every=1000&poll=200`);
  await page.getByRole("button", { name: "Start the race" }).click();
  await page.locator("[data-lane=poll] [data-cell=results]", { hasText: /^[1-9]/ }).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator("#verdict").waitFor({ state: "visible" });
  assert.equal((await report(page)).status, "canceled");

  await page.getByRole("button", { name: "Race again" }).click();
  await page.locator("[data-lane=sse] [data-cell=results]", { hasText: /^[1-9]/ }).waitFor();
  server.signal("SIGKILL");
  await server.exited;
  for (const lane of ["poll", "longpoll", "sse", "websocket"]) {
    await page.locator(`[data-lane=${lane}] [data-cell=note]`, { hasText: /reached|broke off/ }).waitFor();
  }
});

test("the race is usable by keyboard, and says what goes on to those who do not see it", async (t) => {
  const server = await serve(t);
  const page = await openPage(t, browser, `${server.url}/race.html#results=5&every=50&poll=100`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the race");
  await page.locator("input[name=poll]").focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.locator("input[name=poll]").getAttribute("aria-valuetext"), "200 ms");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "start");
  await page.keyboard.press("Enter");
  await page.locator("#verdict").waitFor({ state: "visible" });
  const said = await page.locator("#announce[role=status]").textContent();
  assert.ok(said.startsWith("The race is over.") && said.includes(await page.locator("#headline").textContent()), said);
  for (const name of ["Poll", "Long poll", "SSE", "WebSocket"]) {
    assert.match(await page.getByRole("img", { name: new RegExp(`^${name}: 5 of 5 results`) }).getAttribute("aria-label"), /requests/);
  }
});

test("nothing is cut off on a desktop, a tablet, a phone or in the dark", async (t) => {
  const server = await serve(t);
  for (const [name, options] of [
    ["desktop", { viewport: { width: 1280, height: 900 } }], ["tablet", { viewport: { width: 800, height: 1000 } }],
    ["phone", phone], ["dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ]) {
    const page = await openPage(t, browser, `${server.url}/race.html`, options);
    await race(page, { results: 12, every: 450, poll: 700 });
    assert.ok(await overflow(page) <= 0, `the ${name} page is ${await overflow(page)} px too wide`);
    await page.screenshot({ path: join(shots, `race-${name}.png`), fullPage: true });
  }
});
