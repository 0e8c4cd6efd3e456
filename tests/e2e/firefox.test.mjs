// Firefox's own EventSource and WebSocket (the system's browser, driven over WebDriver BiDi): with the session of a page of
// this server, and with a ticket from another site.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { binary, startServer } from "./server.mjs";

const directory = mkdtempSync(join(tmpdir(), "streamdemo-firefox-"));
const key = execFileSync(binary, ["key", "new", "--subject", "alice", "--set", `auth.directory=${directory}`],
                         { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
let server;
let elsewhere;
let browser;
before(async () => {
  server = await startServer({ "auth.mode": "keys", "auth.directory": directory });
  elsewhere = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<title>elsewhere</title>"));
  await new Promise((resolve) => elsewhere.listen(0, "localhost", resolve));
  browser = await puppeteer.launch({
    browser: "firefox", executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", headless: true,
  });
});
after(async () => {
  await browser?.close();
  elsewhere.closeAllConnections();
  elsewhere.close();
  assert.equal((await server.stop()).code, 0, server.errors());
});

async function openAt(t, url) {
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(url);
  return page;
}

async function signIn(page) {
  await page.locator("input[name=key]").fill(key);
  await page.locator("#sign-in button[type=submit]").click();
  await page.waitForFunction(() => document.getElementById("who")?.textContent.includes("alice"));
}

const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
async function post(path, body) {
  const answer = await fetch(server.url + path, { method: "POST", headers, body });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}
const submitted = async () => (await post("/api/simulate", '{"results":20,"interval_ms":50}')).request_id;

// How many results each of the two brings into a page; null: it was refused.
const followed = (page, address) => page.evaluate(async (url) => {
  const bySource = new Promise((resolve) => {
    let results = 0;
    const source = new EventSource(url, { withCredentials: true });
    source.addEventListener("result", () => { results += 1; });
    source.addEventListener("ended", () => { source.close(); resolve(results); });
    source.onerror = () => { source.close(); resolve(null); };
  });
  const bySocket = new Promise((resolve) => {
    let results = 0;
    let opened = false;
    const socket = new WebSocket(url.replace("http", "ws"));
    socket.onopen = () => { opened = true; };
    socket.onmessage = (m) => { if (JSON.parse(m.data).type === "result") results += 1; };
    socket.onclose = () => resolve(opened ? results : null);
  });
  return Promise.all([bySource, bySocket]);
}, address);

test("both bring what the page's session may see", async (t) => {
  const page = await openAt(t, server.url);
  await signIn(page);
  assert.deepEqual(await followed(page, `${server.url}/api/tasks/${await submitted()}/events`), [20, 20]);
  assert.deepEqual(await page.evaluate(() => [{ ...localStorage }, { ...sessionStorage }, document.cookie]), [{}, {}, ""]);
  // Another origin of the same site has the cookie sent with it: that is not enough.
  const beside = await openAt(t, `http://localhost:${elsewhere.address().port}/`);
  assert.deepEqual(await followed(beside, `${server.url}/api/tasks/${await submitted()}/events`), [null, null]);
});

test("the page follows a task by each of its ways", async (t) => {
  const page = await openAt(t, server.url);
  if (await page.$("#sign-in")) await signIn(page);
  for (const via of ["sse", "websocket", "longpoll"]) {
    const id = await submitted();
    await page.evaluate((hash) => { location.hash = hash; }, `task=${id}&via=${via}`);
    await page.waitForFunction(
      (part) => location.hash.includes(part) && document.getElementById("status").dataset.status === "succeeded" &&
        document.getElementById("task-id").textContent === part, {}, id);
    assert.equal(await page.$eval("#count-results", (e) => e.textContent), "20");
    assert.equal(await page.$eval("#count-missed", (e) => e.textContent), "0");
  }
});

test("a page of another site reads one task with a ticket", async (t) => {
  const id = await submitted();
  const { ticket } = await post(`/api/tasks/${id}/ticket`);
  const page = await openAt(t, `http://localhost:${elsewhere.address().port}/`);
  const there = server.url.replace("localhost", "127.0.0.1");
  assert.deepEqual(await followed(page, `${there}/api/tasks/${id}/events`), [null, null]);
  assert.deepEqual(await followed(page, `${there}/api/tasks/${id}/events?ticket=${ticket}`), [20, 20]);
});
