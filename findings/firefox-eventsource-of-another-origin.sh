#!/usr/bin/env bash
# Firefox's EventSource gets over a server that is away for a while, its port closed, if the page is of the server's own origin;
# if it is of another one, the first refused connection closes it for good. Chromium's gets over both.
#
# A page opens an EventSource. The server sends one event with `retry: 500`, cuts the connection, and leaves its port closed
# for three seconds: a restart. By the specification (HTML, section 9.2.3) a network error while connecting is no end: the
# browser tries again, "unless it knows that to be futile". A connection that was never made says nothing about CORS, so one
# expects the same of both origins. A test with Chromium does not find it, nor one with Firefox whose pages come from the
# server itself; a frontend with a host or a port of its own does. Such a page has to look for readyState 2 (CLOSED) in
# `onerror` and make a new EventSource with its cursor in the URL; or a proxy that is there all the time answers 200
# with `retry: 5000` and Access-Control-Allow-Origin.
#
# Seen with Debian 12, puppeteer-core 24.43.1, Node 20.20.2:
#   Mozilla Firefox 153.8.0esr
#   Chromium 156.0.8078.108 built on Debian GNU/Linux 12 (bookworm)
#   Firefox, a server of another origin, a cut and a closed port: 1 events, readyState 2
#   the seven others (Chromium, its own origin, a cut alone): 2 events, readyState 1
#
# Exits 0 while that is so.
set -euo pipefail
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory"
npm install --silent --no-audit --no-fund puppeteer-core@24.43.1
"${FIREFOX:-firefox-esr}" --version
"${CHROMIUM:-chromium}" --version

cat >tried.mjs <<'JS'
import { execSync } from "node:child_process";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import puppeteer from "puppeteer-core";

const where = (name) => execSync(`command -v ${name}`, { encoding: "utf8" }).trim();
const browsers = {
  Firefox: { browser: "firefox", executablePath: where(process.env.FIREFOX ?? "firefox-esr") },
  Chromium: { executablePath: where(process.env.CHROMIUM ?? "chromium"), args: ["--no-sandbox", "--disable-gpu"] },
};

const page = `<!doctype html><link rel=icon href=data:,><script>
  events = 0;
  source = new EventSource(location.hash.slice(1) || "/events");
  source.onmessage = () => ++events;
</script>`;

async function tried(kind, origin, closedForMs) {
  const other = createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(page));
  other.listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  let requests = 0;
  const answer = (request, response) => {
    if (request.url !== "/events") return response.writeHead(200, { "Content-Type": "text/html" }).end(page);
    response.writeHead(200, { "Content-Type": "text/event-stream", "Access-Control-Allow-Origin": "*" });
    response.write(`retry: 500\nid: ${++requests}\ndata: x\n\n`);
    if (requests === 1) setTimeout(restart, 1000);
  };
  let server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  async function restart() {
    if (closedForMs === 0) return server.closeAllConnections();
    server.close();
    server.closeAllConnections();
    await sleep(closedForMs);
    server = createServer(answer).listen(port, "127.0.0.1");
  }
  const browser = await puppeteer.launch({ headless: true, ...browsers[kind] });
  try {
    const tab = await browser.newPage();
    const events = `http://127.0.0.1:${port}/events`;
    await tab.goto(origin === "its own" ? `http://127.0.0.1:${port}/` : `http://127.0.0.1:${other.address().port}/#${events}`);
    const seen = async () => JSON.parse(await tab.evaluate("JSON.stringify([events, source.readyState])"));
    const until = Date.now() + 15_000;
    while (Date.now() < until && !["2,1", "1,2"].includes(String(await seen()))) await sleep(200);
    return String(await seen());
  } finally {
    await browser.close();
    other.close();
    server.close();
    server.closeAllConnections();
  }
}

let status = 0;
for (const kind of Object.keys(browsers)) {
  for (const origin of ["its own", "another"]) {
    for (const closedForMs of [0, 3000]) {
      const [events, state] = (await tried(kind, origin, closedForMs)).split(",");
      const what = closedForMs === 0 ? "a cut" : "a cut and a closed port";
      console.log(`${kind}, a server of ${origin} origin, ${what}: ${events} events, readyState ${state}`);
      const closed = kind === "Firefox" && origin === "another" && closedForMs > 0;
      if (`${events},${state}` !== (closed ? "1,2" : "2,1")) status = 1;
    }
  }
}
process.exit(status);
JS
timeout 200 node tried.mjs
