// Pages of STREAMDEMO_URL in real Chromium, each of which follows one task over one transport: node pages.mjs (TASK VIA)...
// Two lines of JSON: "following" once each has a result, and, when all tasks have ended or were given up, what each page has
// shown.
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
    followed: () => page.waitForFunction(() => Number(document.getElementById("count-results").textContent) > 0, null, { timeout: 60000 }),
    async seen() {
      await page.waitForFunction(() => globalThis.said.error.length > 0 ||
        !["queued", "running"].includes(document.getElementById("status").dataset.status), null, { timeout: 280000 });
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
  console.log(JSON.stringify("following"));
  console.log(JSON.stringify(await Promise.all(pages.map((p) => p.seen()))));
} finally {
  await browser.close();
}
