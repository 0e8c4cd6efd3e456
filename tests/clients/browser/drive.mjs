// Runs a program in a page: node drive.mjs browser|firefox EXECUTABLE PROGRAM URL ("browser" is Chromium). What the page prints
// is printed here, its errors as errors; done at `ended`.
import { createServer } from "node:http";
import { build } from "esbuild";
import puppeteer from "puppeteer-core";

const [kind, executablePath, program, url] = process.argv.slice(2);
const bundle = await build({ entryPoints: [program], bundle: true, format: "esm", write: false });
const answers = {
  "/": ["text/html", "<!doctype html><link rel=icon href=data:,><script type=module src=/program.js></script>"],
  "/program.js": ["text/javascript", bundle.outputFiles[0].text],
};
const server = createServer((request, response) => {
  const [type, body] = answers[request.url] ?? answers["/"];
  response.writeHead(200, { "Content-Type": type }).end(body);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const browser = await puppeteer.launch(kind === "firefox" ? { browser: "firefox", executablePath, headless: true } : {
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
const page = await browser.newPage();
page.on("pageerror", (error) => console.error(String(error)));
const ended = new Promise((resolve) => {
  page.on("console", (message) => {
    if (message.type() !== "log") return console.error(message.text());
    console.log(message.text());
    if (JSON.parse(message.text()).type === "ended") resolve();
  });
});
await page.goto(`http://127.0.0.1:${server.address().port}/#${url}`);
await ended;
await browser.close();
process.exit(0);
