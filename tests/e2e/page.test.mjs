// The page in real Chromium (the system's, driven by Playwright).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openPage as openIn, overflow, phone, shots, serverAndBrowser } from "./browser.mjs";
import { startServer, submit } from "./server.mjs";

const both = serverAndBrowser();

const openPage = (t, options, path = "/") => openIn(t, both.browser, both.server.url + path, options);
const number = async (page, id) => Number(await page.locator(`#${id}`).textContent());
const status = (page, text) => page.locator(`#status[data-status=${text}]`).waitFor({ timeout: 120000 });

async function simulate(page, results, interval) {
  await page.getByLabel("Simulated results").check();
  await page.locator("input[name=results]").fill(String(results));
  await page.locator("input[name=interval_ms]").fill(String(interval));
  await page.getByRole("button", { name: "Start" }).click();
}

test("the sample's first clip plays while the rest are still being cut", async (t) => {
  const page = await openPage(t);
  await page.locator("input[name=sample_seconds]").fill("60");
  await page.getByRole("button", { name: "Start" }).click();
  await page.locator("#clips button").first().waitFor({ timeout: 60000 });
  await page.waitForFunction(() => document.getElementById("player").currentTime > 0.2, null, { timeout: 30000 });
  const meanwhile = { status: await page.locator("#status").textContent(), clips: await page.locator("#clips button").count() };
  await page.screenshot({ path: join(shots, "desktop-running.png"), fullPage: true });
  assert.equal(meanwhile.status, "running");
  assert.ok(meanwhile.clips < 6, `${meanwhile.clips} clips were there when the first one played`);
  await status(page, "succeeded");
  assert.equal(await page.locator("#clips button").count(), 6);
  assert.equal(await number(page, "count-repeated"), 0);
  assert.equal(await number(page, "count-missed"), 0);
  await page.screenshot({ path: join(shots, "desktop.png"), fullPage: true });
});

test("a dropped video of one's own is cut, and something that is none fails with a sentence", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "streamdemo-video-"));
  const video = join(directory, "own.mp4");
  execFileSync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=10", "-t", "6", "-pix_fmt", "yuv420p", video]);
  const page = await openPage(t);
  const data = await page.evaluateHandle((bytes) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], "own.mp4", { type: "video/mp4" }));
    return transfer;
  }, [...readFileSync(video)]);
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  await page.locator("input[name=clip_seconds]").fill("2");
  await page.getByRole("button", { name: "Start" }).click();
  await status(page, "succeeded");
  assert.equal(await page.locator("#clips button").count(), 3);

  const none = join(directory, "none.mp4");
  writeFileSync(none, "this is no video");
  await page.locator("input[name=file]").setInputFiles(none);
  await page.getByRole("button", { name: "Start" }).click();
  await status(page, "failed");
  const text = await page.locator("#error").textContent();
  assert.match(text, /video/i);
  await page.screenshot({ path: join(shots, "failed.png"), fullPage: true });
});

test("switching the transport in mid-task loses and repeats nothing", async (t) => {
  const page = await openPage(t);
  await page.locator("#interval").evaluate((e) => { e.value = 200; e.dispatchEvent(new Event("input")); });
  await simulate(page, 60, 100);
  const order = ["poll", "websocket", "longpoll", "sse", "websocket", "poll", "sse", "longpoll"];
  for (const via of order) {
    const before = await number(page, "count-results");
    await page.locator(`input[name=via][value=${via}]`).check();
    await page.waitForFunction((n) => Number(document.getElementById("count-results").textContent) >= n, before + 4);
  }
  await status(page, "succeeded");
  assert.equal(await number(page, "count-results"), 60);
  assert.equal(await number(page, "count-repeated"), 0);
  assert.equal(await number(page, "count-missed"), 0);
  assert.equal(await number(page, "count-cursor"), await number(page, "count-events"));
  for (const via of ["poll", "websocket", "longpoll", "sse"]) {
    assert.ok(await page.locator(`#timeline circle[data-via=${via}]`).count() > 0, `nothing was drawn for ${via}`);
  }
  await page.screenshot({ path: join(shots, "switched.png"), fullPage: true });
});

test("ten reloads go on where the page was, and there is still one task", async (t) => {
  const page = await openPage(t);
  await simulate(page, 100, 60);
  await page.waitForFunction(() => Number(document.getElementById("count-results").textContent) > 2);
  const id = await page.locator("#task-id").textContent();
  assert.match(page.url(), new RegExp(`#task=${id}`));
  const before = (await (await fetch(`${both.server.url}/api/tasks?limit=1000`)).json()).tasks.length;
  for (let i = 0; i < 10; ++i) {
    await page.reload();
    await page.waitForFunction(() => Number(document.getElementById("count-results").textContent) > 2);
  }
  assert.equal(await page.locator("#task-id").textContent(), id);
  assert.equal((await (await fetch(`${both.server.url}/api/tasks?limit=1000`)).json()).tasks.length, before);
  await status(page, "succeeded");
  assert.equal(await number(page, "count-results"), 100);
  assert.equal(await number(page, "count-repeated"), 0);
});

test("a task that waits for a slot says where it stands, on every transport", async (t) => {
  const server = await startServer({ "processor.concurrency": 1 });
  const before = await submit(server, "simulate", { results: 2, interval_ms: 600000 });
  const page = await openIn(t, both.browser, server.url);
  t.after(() => server.stop());  // after the page is closed: it would complain
  await simulate(page, 1, 0);
  const queued = page.locator("#queued");
  for (const via of ["websocket", "longpoll", "poll", "sse"]) {
    await page.locator(`input[name=via][value=${via}]`).check();
    await page.locator("#queued:not(:empty)").waitFor({ timeout: 30000 });
    assert.equal(await queued.textContent(), "Next in line, 0 of 1 slot free, nobody can say yet when it begins.");
    await page.screenshot({ path: join(shots, "queued.png"), fullPage: true });
    await queued.evaluate((e) => e.replaceChildren());
  }
  await fetch(`${server.url}/api/tasks/${before.request_id}/cancel`, { method: "POST" });
  await status(page, "succeeded");
  assert.equal(await queued.textContent(), "");
});

test("cancel ends the task on the page", async (t) => {
  const page = await openPage(t);
  await simulate(page, 1000, 100);
  await page.waitForFunction(() => Number(document.getElementById("count-results").textContent) > 0);
  await page.getByRole("button", { name: "Cancel" }).click();
  await status(page, "canceled");
  assert.ok(await page.locator("#cancel").isDisabled());
});

test("an unknown task in the address gets a sentence", async (t) => {
  const context = await both.browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${both.server.url}/#task=00000000-0000-4000-8000-000000000000&via=longpoll`);
  await page.locator("#error").waitFor({ state: "visible", timeout: 20000 });
  assert.ok((await page.locator("#error").textContent()).length > 10);
});

test("the page is usable by keyboard alone", async (t) => {
  const page = await openPage(t);
  await page.locator("input[name=what]").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.getByLabel("Simulated results").isChecked());
  for (const _ of Array(8)) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.id) === "start") break;
  }
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => Number(document.getElementById("count-events").textContent) > 0);
});

test("on a phone and in the dark nothing is cut off", async (t) => {
  for (const [name, options] of [
    ["phone", phone],
    ["dark", { colorScheme: "dark" }],
  ]) {
    const page = await openPage(t, options);
    await page.locator("input[name=sample_seconds]").fill("9");
    await page.locator("input[name=clip_seconds]").fill("3");
    await page.getByRole("button", { name: "Start" }).click();
    await status(page, "succeeded");
    assert.ok(await overflow(page) <= 0, `the ${name} page is ${await overflow(page)} px too wide`);
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  }
  assert.ok(readdirSync(shots).length > 0);
});
