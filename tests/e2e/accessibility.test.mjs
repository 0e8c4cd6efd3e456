// Both pages before axe-core, which knows the rules of WCAG that a program can check.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { openPage, phone, serverAndBrowser } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const both = serverAndBrowser();

// What axe finds wrong, a line each.
const findings = (page) => page.evaluate(async (script) => {
  (0, eval)(script);
  const { violations } = await globalThis.axe.run();
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary}`));
}, axe);

for (const [name, options] of [["in the light", {}], ["in the dark", { colorScheme: "dark" }], ["on a phone", phone]]) {
  // The page's own policy forbids scripts like the checker's.
  const allowed = { ...options, bypassCSP: true };

  test(`the page of one task ${name}`, async (t) => {
    const page = await openPage(t, both.browser, `${both.server.url}/`, allowed);
    await page.getByLabel("Simulated results").check();
    await page.locator("input[name=interval_ms]").fill("20");
    await page.getByRole("button", { name: "Start" }).click();
    await page.locator("#status[data-status=succeeded]").waitFor();
    assert.deepEqual(await findings(page), []);
  });

  test(`the race ${name}`, async (t) => {
    const page = await openPage(t, both.browser, `${both.server.url}/race.html#results=5&every=100&poll=100`, allowed);
    assert.deepEqual(await findings(page), []);
    await page.getByRole("button", { name: "Start the race" }).click();
    await page.locator("#verdict").waitFor({ state: "visible" });
    assert.deepEqual(await findings(page), []);
  });
}
