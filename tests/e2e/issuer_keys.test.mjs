// Where a gateway gets the keys of an issuer: over https, with an authority of its own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { launchServer, startServer, until } from "./server.mjs";

const directory = mkdtempSync(join(tmpdir(), "streamdemo-issuer-"));
const certificate = join(directory, "tls.crt");
let issuer;
let published;

// Its certificate is signed by no authority of the system.
before(async () => {
  const key = join(directory, "tls.key");
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
    "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], { stdio: "pipe" });
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  published = JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1" }] });
  issuer = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, answer) => answer.end(published));
  await new Promise((resolve) => issuer.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  issuer.closeAllConnections();
  await new Promise((resolve) => issuer.close(resolve));
  rmSync(directory, { recursive: true });
});

const settings = (of = {}) => ({
  "auth.mode": "jwt", "auth.directory": mkdtempSync(join(directory, "auth-")),
  ...Object.fromEntries(Object.entries({
    issuer: "https://issuer.example", audience: "streamdemo", jwks: `https://localhost:${issuer.address().port}/keys`, ...of,
  }).map(([name, value]) => [`auth.issuers.main.${name}`, value])),
});

const readiness = async (server) => {
  const answer = await fetch(`${server.management}/readyz`);
  return [answer.status, await answer.text()];
};

test("keys count whose server has a certificate of the configured authority", async (t) => {
  const server = await startServer(settings({ ca_file: certificate }));
  t.after(() => server.stop());
  assert.deepEqual(await readiness(server), [200, "ready\n"]);
});

test("without that authority nobody is trusted, and the setting is named", async (t) => {
  const server = launchServer(settings());
  t.after(() => server.stop());
  // It serves already, and does not say that it is ready.
  const { url, management } = await server.notReady;
  assert.equal((await fetch(`${url}/api/session`)).status, 200);
  const said = await until("it says why", async () => {
    const [status, text] = await readiness({ management });
    assert.equal(status, 503);
    return /certificate/.test(text) && text;
  });
  assert.match(said, /ca_file names the authorities/);
  assert.doesNotMatch(server.output(), /is ready/);
  assert.equal((await server.stop()).code, 0);
});

test("a gateway says that it is ready once the keys are there, not before", async (t) => {
  const keys = join(directory, "keys.json");
  const server = launchServer(settings({ jwks: keys }));
  t.after(() => server.stop());
  const { management, missing } = await server.notReady;
  assert.match(missing, /keys of auth\.issuers\.main are not there yet: .*keys\.json cannot be read/);
  assert.equal((await readiness({ management }))[0], 503);
  writeFileSync(keys, published);
  await server.ready;
  assert.equal((await readiness({ management }))[0], 200);
});

test("an authority's file that cannot be read ends the start", async (t) => {
  const server = launchServer(settings({ ca_file: join(directory, "none.crt") }));
  t.after(() => server.stop());
  await assert.rejects(server.ready, /could not read .*none\.crt.*auth\.issuers\.main\.ca_file/);
});
