// Chromium for the corpus: makes recordings as a browser's page does, and plays clips. Questions and answers are lines of
// JSON: {"record": media type, "path"} and {"play": url} → {"plays"}.
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const { startBrowser } = await import("../e2e/browser.mjs");
const url = process.argv[2];
const browser = await startBrowser();
const page = await browser.newPage();
await page.goto(url);

// Six seconds of bars that count, drawn as often as the page is painted, with a tone.
const record = (type) => page.evaluate(async (mimeType) => {
  const canvas = document.createElement("canvas");
  canvas.width = 160;
  canvas.height = 120;
  const context = canvas.getContext("2d");
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  const out = sound.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  const stream = new MediaStream([...canvas.captureStream().getTracks(), ...out.stream.getTracks()]);
  const recorder = new MediaRecorder(stream, { mimeType });
  const parts = [];
  recorder.ondataavailable = (e) => parts.push(e.data);
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  let n = 0;
  let on = true;
  const draw = () => {
    for (let bit = 0; bit < 16; ++bit) {
      context.fillStyle = (n >> bit) & 1 ? "white" : "black";
      context.fillRect(bit * 10, 0, 10, 60);
    }
    context.fillStyle = `hsl(${n * 7} 80% 50%)`;
    context.fillRect(0, 60, 160, 60);
    ++n;
    if (on) requestAnimationFrame(draw);
  };
  draw();
  recorder.start(500);
  await new Promise((resolve) => setTimeout(resolve, 6000));
  on = false;
  recorder.stop();
  await stopped;
  tone.stop();
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}, type);

const play = (address) => page.evaluate(async (src) => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = src;
  document.body.append(video);
  try {
    await video.play();
    const end = performance.now() + 5000;
    while (performance.now() < end && !video.error && !video.ended && video.currentTime < 0.3) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return !video.error && (video.ended || video.currentTime >= 0.3) && video.videoWidth > 0;
  } catch {
    return false;
  } finally {
    video.remove();
  }
}, address);

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    if (question.record) {
      writeFileSync(question.path, Buffer.from(await record(question.record), "base64"));
      answer = {};
    } else {
      answer = { plays: await play(question.play) };
    }
  } catch (e) {
    answer = { error: e.message };
  }
  console.log(JSON.stringify(answer));
}
await browser.close();
