// Real Chromium (the system's, driven by Playwright), and pages that must have no errors in their console.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { startServer } from "./server.mjs";

// Where screenshots go.
export const shots = process.env.STREAMDEMO_SHOTS ?? mkdtempSync(join(tmpdir(), "streamdemo-shots-"));
mkdirSync(shots, { recursive: true });

export const startBrowser = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
         // What runs behind the proxy of docker/ has a certificate of its own making.
         ...(process.env.STREAMDEMO_URL ? ["--ignore-certificate-errors"] : [])],
});

// A server and a browser for all the tests of a file, there once its first test begins.
export function serverAndBrowser() {
  const both = {};
  before(async () => {
    both.server = await startServer();
    both.browser = await startBrowser();
  });
  after(async () => {
    await both.browser?.close();
    assert.equal((await both.server.stop()).code, 0, both.server.errors());
  });
  return both;
}

// `options`: of the browser's context; `prepare(page)`: before it opens `url`.
export async function openPage(t, browser, url, options = {}, prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (e) => complaints.push(e.message));
  // Pages of others that it leaves for have complaints of their own.
  const isOurs = (address) => !URL.canParse(address) || new URL(address).origin === new URL(url).origin;
  page.on("console", (m) => { if (m.type() === "error" && isOurs(m.location().url)) complaints.push(m.text()); });
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  await prepare(page);
  await page.goto(url);
  return page;
}

export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

// How many pixels the page is wider than its window.
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
