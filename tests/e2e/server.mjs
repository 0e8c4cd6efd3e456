// Starts the real binary on ports of its own and ends it by its id; or, told by STREAMDEMO_URL, takes what runs there.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const binary = process.env.STREAMDEMO_BIN;
const outside = process.env.STREAMDEMO_URL;
if (!binary && !outside) throw new Error("name the binary to test in STREAMDEMO_BIN, or what runs already in STREAMDEMO_URL");

// A test that is interrupted leaves no process behind that it `tracks`.
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGTERM")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
export function track(child) {
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

// `sets`: settings; `options`: of the child process; `options.shell`: what a shell does before it becomes the server. `ready` is resolved once the server says so, with its addresses, and
// rejected when it ends before; `notReady` if it says before that it serves but is not ready, with what is missing.
export function launchServer(sets = {}, options = {}) {
  const directory = mkdtempSync(join(tmpdir(), "streamdemo-e2e-"));
  const all = {
    "gateway.port": 0, "management.port": 0, "artifacts.directory": join(directory, "artifacts"),
    "instance.log_level": "warning", ...sets,
  };
  const flags = Object.entries(all).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
  const command = [binary, ...(options.arguments ?? []), ...flags];
  if (options.shell) command.unshift("sh", "-c", `${options.shell}; exec "$@"`, "sh");
  const child = track(spawn(command[0], command.slice(1), {
    stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...options.env }, cwd: directory,
  }));
  const exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  let errors = "";
  let output = "";
  child.stderr.on("data", (chunk) => { errors = (errors + chunk).slice(-20000); });
  let sayNotReady, atOnce;
  const notReady = new Promise((resolve, reject) => { sayNotReady = resolve; atOnce = reject; });
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output += `${line}\n`;
      const match = /(ready|runs) (?:on (http:\S+)|as a processor) \(management: (http:\S+)\)(?:, but is not ready yet: (.*))?/.exec(line);
      if (!match) return;
      const [, how, url, management, missing] = match;
      if (how === "runs") return sayNotReady({ url, management, missing });
      resolve({ url, management });
      atOnce(new Error("the server said at once that it is ready"));
    });
    child.once("close", (code, signal) => reject(new Error(`the server ended with ${code ?? signal}: ${errors}`)));
  });
  // Not everybody waits for them.
  ready.catch(() => atOnce(new Error("the server ended")));
  notReady.catch(() => {});
  return {
    ready,
    notReady,
    output: () => output,
    pid: child.pid,
    exited,
    errors: () => errors,
    signal: (name) => child.kill(name),
    async stop() {
      child.kill("SIGTERM");
      const end = await exited;
      rmSync(directory, { recursive: true, force: true });
      return end;
    },
  };
}

// The same once it is ready.
export async function startServer(sets = {}, options = {}) {
  if (outside) return { url: outside, errors: () => "", stop: async () => ({ code: 0 }) };
  const { ready, ...server } = launchServer(sets, options);
  return { ...await ready, ...server };
}

export async function submit(server, kind, input, headers = {}) {
  const response = await fetch(`${server.url}/api/${kind}`, {
    method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(input),
  });
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
  return response.json();
}

// The whole history as the live resource gives it, once the task has ended.
export async function historyOf(server, id) {
  const events = [];
  for (let after = 0, turns = 0; turns < 10000; ++turns) {
    const response = await fetch(`${server.url}/api/tasks/${id}?after=${after}`, { headers: { Prefer: "wait=20" } });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    const answer = await response.json();
    events.push(...answer.events);
    after = answer.next;
    if (events.at(-1)?.type === "ended") return events;
  }
  throw new Error("the task did not end");
}

// Bounded wait for a condition that another process brings about.
export async function until(what, condition, ms = 30000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
