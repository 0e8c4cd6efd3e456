// A server that asks for a name, in real Chromium: signing in on its own page, and a ticket for a page elsewhere.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openPage, overflow, phone, shots, startBrowser } from "./browser.mjs";
import { binary, startServer, until } from "./server.mjs";

const directory = mkdtempSync(join(tmpdir(), "streamdemo-auth-"));
const settings = { "auth.mode": "keys", "auth.directory": directory };
const runIn = (where) => (...command) =>
  execFileSync(binary, [...command, "--set", `auth.directory=${where}`], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const run = runIn(directory);
const key = (subject, ...more) => run("key", "new", "--subject", subject, ...more).trim();
const revoke = (subject) => {
  const line = run("key", "list").split("\n").find((l) => l.includes(subject));
  run("key", "revoke", line.split(" ")[0]);
};
const alice = key("alice");
const bob = key("bob");
const carol = key("carol");
let server;
let browser;
before(async () => {
  server = await startServer(settings);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal((await server.stop()).code, 0, server.errors());
});

async function signIn(page, with_key) {
  await page.getByLabel("Key").fill(with_key);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function simulate(page, results, interval) {
  await page.getByLabel("Simulated results").check();
  await page.locator("input[name=results]").fill(String(results));
  await page.locator("input[name=interval_ms]").fill(String(interval));
  await page.getByRole("button", { name: "Start" }).click();
}

test("a change of the keys is a line of the audit, with their ids and no key", async () => {
  const other = mkdtempSync(join(tmpdir(), "streamdemo-audit-"));
  const run = runIn(other);
  const watched = await startServer({ "auth.mode": "keys", "auth.directory": other, "instance.log_level": "info" });
  const told = () => [...watched.errors().matchAll(/gateway\/audit: (\{"act":"keys changed".*\})/g)].map((m) => JSON.parse(m[1]));
  const dave = run("key", "new", "--subject", "dave").trim();
  await until("the key that came", () => told().length === 1);
  const [id] = told()[0].came;
  assert.deepEqual(told(), [{ act: "keys changed", issuer: "keys", keys: 1, came: [id] }]);
  assert.match(id, /^[0-9a-f]{12}$/, "an id is an argument of `key revoke`: it may not look like an option");
  run("key", "revoke", id);
  await until("the key that went", () => told().length === 2);
  assert.deepEqual(told()[1], { act: "keys changed", issuer: "keys", keys: 0, went: [id] });
  assert.ok(!watched.errors().includes(dave));
  assert.equal((await watched.stop()).code, 0);
});

test("a key of an earlier version whose id begins with a dash can be taken away", () => {
  const other = mkdtempSync(join(tmpdir(), "streamdemo-dash-"));
  const run = runIn(other);
  run("key", "new", "--subject", "erin");
  run("key", "new", "--subject", "frank");
  const file = join(other, "keys");
  writeFileSync(file, readFileSync(file, "utf8").replace(/"id":"[^"]*","subject":"erin"/, '"id":"-HT3lAdj","subject":"erin"'));
  assert.match(run("key", "list"), /^-HT3lAdj +erin /m);
  run("key", "revoke", "--id=-HT3lAdj");
  assert.doesNotMatch(run("key", "list"), /erin/);
  assert.match(run("key", "list"), /frank/);
});

test("one signs in, sees one's own tasks by all transports, and signs out", async (t) => {
  const page = await openPage(t, browser, server.url);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.ok(await page.locator("#submit-panel").isHidden());
  await page.screenshot({ path: join(shots, "sign-in.png"), fullPage: true });
  await signIn(page, alice);
  await page.getByText("Signed in as alice").waitFor();
  for (const via of ["SSE", "WebSocket", "Long poll", "Poll"]) {
    const before = await page.locator("#task-id").textContent();
    await simulate(page, 5, 20);
    await page.getByLabel(via, { exact: true }).check();
    // The task before has ended, too.
    await page.waitForFunction((id) => document.getElementById("task-id").textContent !== id &&
      document.getElementById("status").dataset.status === "succeeded", before);
    assert.equal(await page.locator("#count-results").textContent(), "5");
  }
  await page.locator("#tasks-list li").nth(3).waitFor();
  assert.equal(await page.locator("#tasks-list li").count(), 4);
  // What has ended can be deleted, once one has said that it is meant.
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: /^Delete simulate/ }).first().click();
  await page.waitForFunction(() => document.querySelectorAll("#tasks-list li").length === 3);
  await page.getByLabel("Status").selectOption("failed");
  await page.getByText("None.").waitFor();
  await page.screenshot({ path: join(shots, "signed-in.png"), fullPage: true });
  // What a script of the page could steal is not there.
  assert.equal(await page.evaluate(() => document.cookie), "");
  assert.equal(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])), "[{},{}]");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("another one sees nothing of it, on a phone and in the dark", async (t) => {
  const page = await openPage(t, browser, server.url, { ...phone, colorScheme: "dark" });
  await signIn(page, bob);
  await page.getByText("Signed in as bob").waitFor();
  await page.getByText("None.").waitFor();
  assert.equal(await overflow(page), 0);
  await page.screenshot({ path: join(shots, "signed-in-phone-dark.png"), fullPage: true });
});

test("when the key is taken away the page says so", async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(server.url);
  await signIn(page, carol);
  await page.getByText("Signed in as carol").waitFor();
  await simulate(page, 600, 100);
  await page.locator("#status[data-status=running]").waitFor();
  revoke("carol");
  await page.locator("#error").getByText("no longer good").waitFor();
});

test("a page of another origin reads one task with a ticket, by EventSource and WebSocket", async (t) => {
  const headers = { Authorization: `Bearer ${alice}`, "Content-Type": "application/json" };
  const submitted = await fetch(`${server.url}/api/simulate`, { method: "POST", headers, body: '{"results":20,"interval_ms":50}' });
  const id = (await submitted.json()).request_id;
  const made = await fetch(`${server.url}/api/tasks/${id}/ticket`, { method: "POST", headers });
  const { ticket } = await made.json();
  const elsewhere = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<title>elsewhere</title>"));
  await new Promise((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  t.after(() => elsewhere.close());
  const page = await (await browser.newContext()).newPage();
  t.after(() => page.close());
  await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
  const counts = await page.evaluate(async (address) => {
    const by_source = new Promise((resolve, reject) => {
      let results = 0;
      const source = new EventSource(address);
      source.addEventListener("result", () => { results += 1; });
      source.addEventListener("ended", () => { source.close(); resolve(results); });
      source.onerror = () => reject(new Error("the EventSource failed"));
    });
    const by_socket = new Promise((resolve, reject) => {
      let results = 0;
      const socket = new WebSocket(address.replace("http", "ws"));
      socket.onmessage = (m) => { if (JSON.parse(m.data).type === "result") results += 1; };
      socket.onclose = () => resolve(results);
      socket.onerror = () => reject(new Error("the WebSocket failed"));
    });
    return Promise.all([by_source, by_socket]);
  }, `${server.url}/api/tasks/${id}/events?ticket=${ticket}`);
  assert.deepEqual(counts, [20, 20]);
});
