// Pages of STREAMDEMO_URL in real Chromium, each of which follows one task over one transport: node pages.mjs (TASK VIA)...
// Says "following" once each has a result, and, when all tasks have ended, what each page has shown, as a line of JSON.
import { startBrowser } from "../e2e/browser.mjs";

const url = process.env.STREAMDEMO_URL;
const tasks = process.argv.slice(2);
const browser = await startBrowser();

async function open(task, via) {
  const page = await (await browser.newContext()).newPage();
  // What the browser's console says of connections is not asked: a stream that is cut before its end is told there.
  const exceptions = [];
  page.on("pageerror", (e) => exceptions.push(e.message));
  await page.addInitScript(() => {
    globalThis.said = { error: [], notice: [] };
    document.addEventListener("DOMContentLoaded", () => {
      for (const [where, texts] of Object.entries(globalThis.said)) {
        const element = document.getElementById(where);
        new MutationObserver(() => { if (!element.hidden) texts.push(element.textContent); })
          .observe(element, { attributes: true, childList: true });
      }
    });
  });
  await page.goto(`${url}/#${new URLSearchParams({ task, via })}`);
  return {
    followed: () => page.waitForFunction(() => Number(document.getElementById("count-results").textContent) > 0),
    async seen() {
      await page.locator("#status:not([data-status=queued]):not([data-status=running])").waitFor({ timeout: 300000 });
      const number = async (what) => Number(await page.locator(`#count-${what}`).textContent());
      return {
        via, status: await page.locator("#status").getAttribute("data-status"), results: await number("results"),
        repeated: await number("repeated"), missed: await number("missed"), requests: await number("requests"),
        exceptions, ...await page.evaluate(() => globalThis.said),
      };
    },
  };
}

try {
  const pages = [];
  for (let i = 0; i < tasks.length; i += 2) pages.push(await open(tasks[i], tasks[i + 1]));
  await Promise.all(pages.map((p) => p.followed()));
  console.log("following");
  console.log(JSON.stringify(await Promise.all(pages.map((p) => p.seen()))));
} finally {
  await browser.close();
}
