// The files of the pages as a client gets them: all that a page names is there, in each coding the same.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { startServer } from "./server.mjs";

let server;
before(async () => { server = await startServer(); });
after(async () => assert.equal((await server.stop()).code, 0, server.errors()));

// Bytes as they are sent, which fetch would decode.
function get(path, headers = {}, method = "GET") {
  return new Promise((resolve, reject) => {
    request(new URL(path, server.url), { method, headers, agent: false }, async (response) => {
      const pieces = [];
      for await (const piece of response) pieces.push(piece);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) });
    }).on("error", reject).end();
  });
}

// Every address that the pages name, or their scripts and styles do.
async function addresses() {
  const found = new Set(["/", "/race.html", "/openapi.json", "/asyncapi.json"]);
  for (const address of found) {
    if (/\.(json|svg)$/.test(address)) continue;
    const text = (await get(address)).body.toString();
    for (const [, name] of text.matchAll(/(?:href|src)="(\/[^"#]+\.\w+)"/g)) found.add(name);
    for (const [, name] of text.matchAll(/^import .* from "([^"]+)";$/gm)) {
      found.add(new URL(name, new URL(address, server.url)).pathname);
    }
  }
  assert.ok(found.size > 20, [...found].join(" "));
  return [...found];
}

test("every file is there, compressed for those who take that, and the same bytes for all", async () => {
  const sent = { plain: 0, gzip: 0 };
  for (const address of await addresses()) {
    const plain = await get(address);
    const gzip = await get(address, { "Accept-Encoding": "gzip, deflate, br, zstd" });
    assert.deepEqual([plain.status, gzip.status], [200, 200], address);
    assert.equal(plain.headers["content-encoding"], undefined, address);
    assert.equal(gzip.headers["content-encoding"], "gzip", address);
    assert.ok(gunzipSync(gzip.body).equals(plain.body), address);
    assert.equal(gzip.headers["content-type"], plain.headers["content-type"]);
    assert.deepEqual([plain.headers.vary, gzip.headers.vary], ["Accept-Encoding", "Accept-Encoding"], address);
    assert.notEqual(gzip.headers.etag, plain.headers.etag, address);
    assert.equal(Number(gzip.headers["content-length"]), gzip.body.length);
    sent.plain += plain.body.length;
    sent.gzip += gzip.body.length;
  }
  assert.ok(sent.gzip < sent.plain / 2, `${sent.gzip} bytes instead of ${sent.plain}`);
});

test("a tag is good for its own coding only, and HEAD says what GET would", async () => {
  const plain = await get("/page/page.js");
  const takes = { "Accept-Encoding": "gzip" };
  const gzip = await get("/page/page.js", takes);
  const again = await get("/page/page.js", { ...takes, "If-None-Match": gzip.headers.etag });
  assert.deepEqual([again.status, again.body.length, again.headers.etag], [304, 0, gzip.headers.etag]);
  assert.equal(again.headers.vary, "Accept-Encoding");
  assert.equal((await get("/page/page.js", { ...takes, "If-None-Match": plain.headers.etag })).status, 200);
  assert.equal((await get("/page/page.js", { "If-None-Match": gzip.headers.etag })).status, 200);
  assert.equal((await get("/page/page.js", { "If-None-Match": plain.headers.etag })).status, 304);

  const head = await get("/page/page.js", takes, "HEAD");
  const without = ({ date, ...rest }) => rest;
  assert.deepEqual(without(head.headers), without(gzip.headers));
  assert.equal(head.body.length, 0);
});

test("whoever would rather have plain bytes gets them", async () => {
  for (const wish of ["identity", "gzip;q=0", "identity, gzip;q=0.5", "br"]) {
    assert.equal((await get("/", { "Accept-Encoding": wish })).headers["content-encoding"], undefined, wish);
  }
});
