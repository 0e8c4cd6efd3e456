// The forms that the page makes of the schemas of kinds, in real Chromium.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage as openIn, overflow, phone, shots, startBrowser } from "./browser.mjs";
import { join } from "node:path";
import { startServer } from "./server.mjs";

const schema = {
  title: "An order",
  description: "Prints what it was given.",
  type: "object",
  required: ["customer", "count", "kind"],
  additionalProperties: false,
  properties: {
    kind: { const: "order" },
    customer: { title: "Customer", type: "string", minLength: 1, pattern: "^[A-Z]-[0-9]+$", description: "such as A-17" },
    count: { title: "Count", $ref: "#/$defs/count" },
    price: { title: "Price", type: ["number", "null"], exclusiveMinimum: 0 },
    size: { title: "Size", enum: ["small", "large", null], default: "large" },
    colour: { title: "Colour", enum: [1, 2] },
    express: { title: "Express", type: "boolean" },
    note: { title: "Note", type: "string" },
    lines: { title: "Lines", type: "array", items: { type: "integer" }, description: "as JSON" },
    old: { deprecated: true, type: "string" },
    elements: { title: "Elements", type: "string" },
  },
  $defs: { count: { type: "integer", minimum: 1, maximum: 9, default: 2 } },
};

let server;
let browser;
before(async () => {
  server = await startServer({
    "tasks.order.command": '["cat"]', "tasks.order.input_schema": JSON.stringify(schema), "tasks.any.command": '["cat"]',
  });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal((await server.stop()).code, 0, server.errors());
});

const open = (t, options) => openIn(t, browser, `${server.url}/`, options);
const start = (page) => page.getByRole("button", { name: "Start" }).click();

// The input that came to the program, which prints it.
async function delivered(page) {
  await page.locator("#status[data-status=succeeded]").waitFor();
  const id = await page.locator("#task-id").textContent();
  const { results } = await (await fetch(`${server.url}/api/results/${id}`)).json();
  assert.equal(results.length, 1);
  return results[0].data;
}

test("each kind is a choice, called by its schema's title or its name", async (t) => {
  const page = await open(t);
  await page.getByLabel("An order").waitFor();
  const labels = await page.locator("#choices label").allInnerTexts();
  assert.deepEqual(labels.map((l) => l.trim()), ["Cut the sample video", "Cut my video", "Simulated results", "any", "An order"]);
});

test("numbers, strings, truths and choices are fields, and the rest is JSON; what is left empty is not sent", async (t) => {
  const page = await open(t);
  await page.getByLabel("An order").check();
  await page.getByLabel("Customer").fill("A-17");
  await start(page);
  assert.deepEqual(await delivered(page), { kind: "order", customer: "A-17", count: 2, size: "large" });

  await page.getByLabel("Count").fill("3");
  await page.getByLabel("Price").fill("1.25");
  await page.getByLabel("Size").selectOption("small");
  await page.getByLabel("Colour").selectOption("2");
  await page.getByLabel("Express").check();
  await page.getByLabel("Note").fill("with \"quotes\"");
  await page.getByLabel("Lines").fill("[1, 2]");
  await page.getByLabel("Elements").fill("named as a member of forms is");
  await start(page);
  await page.waitForFunction((e) => document.getElementById("log").textContent.includes(e), "with");
  assert.deepEqual(await delivered(page), {
    kind: "order", customer: "A-17", count: 3, price: 1.25, size: "small", colour: 2, express: true, note: "with \"quotes\"",
    lines: [1, 2], elements: "named as a member of forms is",
  });
  assert.equal(await page.locator("[name=old]").count(), 0);
  await page.screenshot({ path: join(shots, "form.png"), fullPage: true });
});

test("the browser knows the bounds, and the server's word about a field is shown at the field", async (t) => {
  // The browser itself tells its console of every answer of 422.
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByLabel("An order").check();
  const count = page.getByLabel("Count");
  assert.deepEqual(await count.evaluate((e) => [e.min, e.max, e.step]), ["1", "9", "1"]);
  await page.getByLabel("Customer").fill("nobody");
  await start(page);
  await page.locator("#error").waitFor({ state: "visible" });
  assert.equal(await page.locator("#error").textContent(), '/customer must be as described: such as A-17; not "nobody"');
  const customer = page.getByLabel("Customer");
  assert.equal(await customer.getAttribute("aria-invalid"), "true");
  assert.ok(await customer.evaluate((e) => e === document.activeElement));
  await customer.fill("A-1");
  assert.equal(await customer.getAttribute("aria-invalid"), null);

  await page.getByLabel("Lines").fill("[1, ");
  await start(page);
  await page.waitForFunction(() => document.getElementById("error").textContent.startsWith("lines is no JSON"));
  // A place inside of a field belongs to it.
  await page.getByLabel("Lines").fill('[1, "two"]');
  await start(page);
  await page.waitForFunction(() => document.getElementById("error").textContent.startsWith("/lines/1 must be a whole number"));
  assert.equal(await page.getByLabel("Lines").getAttribute("aria-invalid"), "true");
});

test("the server's word about an option of an upload is shown at its field, too", async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByLabel("Cut my video").check();
  await page.locator("input[name=file]").setInputFiles({ name: "a.mp4", mimeType: "video/mp4", buffer: Buffer.from("video") });
  const seconds = page.locator("input[name=clip_seconds]");
  // What the browser itself would not let through.
  await seconds.evaluate((e) => { e.removeAttribute("max"); e.value = 1e9; });
  await start(page);
  await page.locator("#error", { hasText: /clip_seconds/ }).waitFor();
  assert.equal(await seconds.getAttribute("aria-invalid"), "true");
});

test("a kind without a schema takes any object, written as JSON", async (t) => {
  const page = await open(t);
  await page.getByLabel("any", { exact: true }).check();
  await page.getByLabel("Input").fill('{"a": [1, {"b": null}]}');
  await start(page);
  assert.deepEqual(await delivered(page), { a: [1, { b: null }] });
});

test("what was written stays when another choice is looked at", async (t) => {
  const page = await open(t);
  await page.getByLabel("An order").check();
  await page.getByLabel("Note").fill("mine");
  await page.getByLabel("Simulated results").check();
  assert.equal(await page.getByLabel("Note").count(), 0);
  await page.getByLabel("An order").check();
  assert.equal(await page.getByLabel("Note").inputValue(), "mine");
});

test("on a phone and in the dark a form is not cut off", async (t) => {
  for (const [name, options] of [["phone", phone], ["dark", { colorScheme: "dark" }]]) {
    const page = await open(t, options);
    for (const label of ["An order", "any", "Cut my video", "Cut the sample video"]) {
      await page.getByLabel(label, { exact: true }).check();
      assert.ok(await overflow(page) <= 0, `${label} on the ${name} page is ${await overflow(page)} px too wide`);
    }
    await page.getByLabel("An order").check();
    await page.screenshot({ path: join(shots, `form-${name}.png`), fullPage: true });
  }
});
