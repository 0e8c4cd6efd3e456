// `streamdemo data`: the journal of a server that runs, that was killed, and of none.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { binary, startServer, submit } from "./server.mjs";

// Resolves with the exit code and both outputs.
function data(...args) {
  return new Promise((resolve) => {
    execFile(binary, ["data", ...args], (error, out, err) => resolve({ code: error?.code ?? 0, out, err }));
  });
}

test("a journal is looked at beside its server, and checked and compacted once that is gone", async () => {
  const journal = join(mkdtempSync(join(tmpdir(), "streamdemo-data-")), "journal");
  const server = await startServer({ "inprocess.directory": journal });
  for (let i = 0; i < 3; ++i) await submit(server, "simulate", { results: 2, interval_ms: 0 });
  const info = await data("info", journal);
  assert.equal(info.code, 0, info.err);
  assert.match(info.out, new RegExp(`^format 1, \\d+ bytes, open by process ${server.pid} on `));
  const accepted = [...info.out.matchAll(/^request +\d+ +\S+ +\S+ +(\d+) /gm)].reduce((sum, row) => sum + Number(row[1]), 0);
  assert.equal(accepted, 3, info.out);
  assert.match(info.out, /^streamdemo-processors +request +0 +\d+ /m);
  for (const verb of ["check", "compact"]) {
    const refused = await data(verb, journal);
    assert.equal(refused.code, 1);
    assert.match(refused.err, new RegExp(`is in use by process ${server.pid} on .*: stop that`));
  }
  server.signal("SIGKILL");
  await server.exited;
  const checked = await data("check", journal);
  assert.equal(checked.code, 0, checked.err);
  assert.match(checked.out, /^\d+ records and \d+ bytes read: nothing is wrong\n$/);
  const compacted = await data("compact", journal);
  assert.equal(compacted.code, 0, compacted.err);
  assert.match(compacted.out, /^\d+ bytes before, \d+ bytes after\n$/);
  assert.match((await data("info", journal)).out, /open by nobody/);
  // Nothing of it stands in the way of a server.
  const again = await startServer({ "inprocess.directory": journal });
  assert.equal((await again.stop()).code, 0);
});

test("a directory that is not there is an error and is not made", async () => {
  const missing = join(mkdtempSync(join(tmpdir(), "streamdemo-data-")), "missing");
  for (const verb of ["info", "check", "compact"]) {
    const said = await data(verb, missing);
    assert.deepEqual([said.code, said.out], [1, ""]);
    assert.equal(said.err, `streamdemo: there is no directory ${missing}\n`);
  }
  assert.ok(!existsSync(missing));
});
