// One process without Kafka that is killed and started again on its directory: what its clients see, and what a second
// process on the same directory is told.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { shots, startBrowser } from "./browser.mjs";
import { historyOf, launchServer, startServer, submit, until } from "./server.mjs";

// The address stays the same over the restart.
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function place(t) {
  const directory = mkdtempSync(join(tmpdir(), "streamdemo-restart-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return { "gateway.port": await freePort(), "inprocess.directory": join(directory, "journal"), "artifacts.directory": join(directory, "artifacts") };
}

async function killAndStart(server, sets) {
  server.signal("SIGKILL");
  await server.exited;
  return startServer(sets);
}

test("after kill -9 queued tasks start, running ones go on after their last result, and ended ones are there", async (t) => {
  const sets = { ...(await place(t)), "processor.concurrency": 1 };
  let server = await startServer(sets);
  const ended = (await submit(server, "simulate", { results: 3 })).request_id;
  const before = await historyOf(server, ended);
  const running = (await submit(server, "simulate", { results: 30, interval_ms: 100 })).request_id;
  const queued = (await submit(server, "simulate", { results: 2 })).request_id;
  const view = async (id) => (await fetch(`${server.url}/api/tasks/${id}`)).json();
  await until("some results", async () => (await view(running)).last_seq > 6);
  assert.equal((await view(queued)).status, "queued");
  server = await killAndStart(server, sets);
  t.after(() => server.stop());
  assert.deepEqual(await historyOf(server, ended), before);
  const events = await historyOf(server, running);
  const starts = events.filter((e) => e.type === "started");
  assert.deepEqual(starts.map((e) => e.resumed), [false, true]);
  assert.deepEqual(events.filter((e) => e.type === "result").map((e) => e.data.index), Array.from({ length: 30 }, (_, i) => i));
  assert.equal(events.at(-1).data.status, "succeeded");
  await until("the queued task's end", async () => (await view(queued)).status === "succeeded");
});

test("the page shows a restart as a short reconnect, and every result once", async (t) => {
  const sets = await place(t);
  let server = await startServer(sets);
  const browser = await startBrowser();
  t.after(async () => { await browser.close(); await server.stop(); });
  const page = await browser.newPage();
  await page.goto(server.url);
  await page.getByLabel("Simulated results").check();
  await page.locator("input[name=results]").fill("60");
  await page.locator("input[name=interval_ms]").fill("100");
  await page.getByRole("button", { name: "Start" }).click();
  const results = async () => Number(await page.locator("#count-results").textContent());
  await until("some results", async () => (await results()) > 5);
  server.signal("SIGKILL");
  await page.getByText("reconnecting").first().waitFor();
  await page.screenshot({ path: join(shots, "reconnecting.png"), fullPage: true });
  server = await startServer(sets);
  await page.locator("#status[data-status=succeeded]").waitFor({ timeout: 60000 });
  assert.equal(await results(), 60);
  for (const id of ["count-repeated", "count-missed"]) assert.equal(await page.locator(`#${id}`).textContent(), "0");
  assert.equal(await page.getByText("reconnecting").count(), 0);
});

test("a second process on the directory is told who has it, and one that may not write there says so", async (t) => {
  const sets = await place(t);
  const server = await startServer(sets);
  t.after(() => server.stop());
  const second = launchServer({ ...sets, "gateway.port": 0 });
  await assert.rejects(second.ready, new RegExp(`in use by process ${server.pid} .*inprocess.directory`));
  const nowhere = launchServer({ ...sets, "gateway.port": 0, "inprocess.directory": "/proc/nowhere" });
  await assert.rejects(nowhere.ready, /\/proc\/nowhere.*inprocess.directory/);
});

test("without a directory the records are in memory only, and nothing is written", async (t) => {
  const sets = { ...(await place(t)), "inprocess.directory": "" };
  let server = await startServer(sets);
  const task = (await submit(server, "simulate", { results: 1 })).request_id;
  await historyOf(server, task);
  server = await killAndStart(server, sets);
  t.after(() => server.stop());
  assert.equal((await fetch(`${server.url}/api/tasks/${task}`)).status, 404);
});
