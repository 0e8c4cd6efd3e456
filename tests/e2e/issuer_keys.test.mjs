// Where a gateway gets the keys of an issuer: over https, with an authority of its own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { launchServer, startServer, until } from "./server.mjs";

const directory = mkdtempSync(join(tmpdir(), "streamdemo-issuer-"));
const certificate = join(directory, "tls.crt");
let issuer;

// Its certificate is signed by no authority of the system.
before(async () => {
  const key = join(directory, "tls.key");
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
    "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], { stdio: "pipe" });
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1" }] });
  issuer = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, answer) => answer.end(keys));
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
  await until("the keys are there", async () => (await readiness(server))[0] === 200);
});

test("without that authority nobody is trusted, and the setting is named", async (t) => {
  const server = await startServer(settings());
  t.after(() => server.stop());
  const said = await until("it says why", async () => {
    const [status, text] = await readiness(server);
    assert.equal(status, 503);
    return /certificate/.test(text) && text;
  });
  assert.match(said, /ca_file names the authorities/);
});

test("an authority's file that cannot be read ends the start", async (t) => {
  const server = launchServer(settings({ ca_file: join(directory, "none.crt") }));
  t.after(() => server.stop());
  await assert.rejects(server.ready, /could not read .*none\.crt.*auth\.issuers\.main\.ca_file/);
});
