// Signing in on the page with a real identity provider, in real Chromium: an authorization code with PKCE.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openPage, overflow, phone, shots, startBrowser } from "./browser.mjs";
import { audience, freePort, resource, startIssuer } from "./issuer.mjs";
import { startServer, until } from "./server.mjs";

let issuer;
let server;
let browser;

// A gateway that signs people in with an issuer whose tokens are good for so long; both end with `t`.
async function gatewayWith(tokenSeconds) {
  const port = await freePort();
  const of = await startIssuer(`http://localhost:${port}`, tokenSeconds);
  const settings = {
    issuer: of.url, audience, jwks: `${of.url}/jwks`, client_id: "pages", sign_in_resource: resource,
  };
  const started = await startServer({
    "gateway.listen": "127.0.0.1", "gateway.port": port, "auth.mode": "jwt", "instance.log_level": "debug",
    "auth.directory": mkdtempSync(join(tmpdir(), "streamdemo-auth-")),
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`auth.issuers.main.${name}`, value])),
  });
  await until("the issuer's keys", async () => (await fetch(`${started.management}/readyz`)).ok);
  return [of, started];
}

before(async () => {
  [issuer, server] = await gatewayWith(3600);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal((await server.stop()).code, 0, server.errors());
  await issuer.stop();
});

const leave = (page, of = issuer) =>
  page.getByRole("button", { name: `Sign in with ${new URL(of.url).host}` }).click();

// On the issuer's own pages.
async function signIn(page, name) {
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText(`Signed in as ${name}`).waitFor();
}

// A page that may complain: a stream that the server cuts, or an issuer that is away, is an error to Chromium's console.
async function openTroubled(t, url) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function simulate(page, results, interval) {
  await page.getByLabel("Simulated results").check();
  await page.locator("input[name=results]").fill(String(results));
  await page.locator("input[name=interval_ms]").fill(String(interval));
  await page.getByRole("button", { name: "Start" }).click();
}

const stored = (page) => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));

test("one signs in there, and no token stays anywhere", async (t) => {
  const secrets = [];
  const addresses = [];
  const page = await openPage(t, browser, `${server.url}/#via=poll`, {}, async (p) => {
    p.on("request", (r) => addresses.push(r.url()));
    p.on("response", async (r) => {
      if (r.request().method() !== "POST" || r.url() !== `${issuer.url}/token`) return;
      const { access_token, refresh_token, id_token } = await r.json();
      secrets.push(access_token, refresh_token, id_token);
    });
  });
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.screenshot({ path: join(shots, "sign-in-issuer.png"), fullPage: true });
  await leave(page);
  await signIn(page, "alice");
  assert.equal(page.url(), `${server.url}/#via=poll`);
  await simulate(page, 5, 20);
  await page.locator("#status[data-status=succeeded]").waitFor();
  await until("the tokens", () => secrets.length === 3);
  assert.ok(secrets.every((s) => s.length > 20));
  assert.equal(await stored(page), '[{},{},""]');
  const everywhere = [...addresses, await page.content(), page.url(), server.errors()].join("\n");
  assert.ok(addresses.some((a) => a.includes("code=")), "what came back was seen");
  for (const secret of secrets) assert.ok(!everywhere.includes(secret));
  // The session is enough for the next page, and nothing of the issuer is.
  await page.reload();
  await page.getByText("Signed in as alice").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("the other page comes back to itself, on a phone and in the dark", async (t) => {
  const page = await openPage(t, browser, `${server.url}/race.html`, { ...phone, colorScheme: "dark" });
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await overflow(page), 0);
  await page.screenshot({ path: join(shots, "sign-in-issuer-phone-dark.png"), fullPage: true });
  await leave(page);
  await signIn(page, "bob");
  assert.equal(page.url(), `${server.url}/race.html`);
});

test("the page may talk to this server and that issuer alone", async () => {
  const policy = (await fetch(server.url)).headers.get("Content-Security-Policy");
  assert.match(policy, new RegExp(`; connect-src 'self' ${issuer.url}$`));
});

test("who cancels there is told so, and can try again", async (t) => {
  const page = await openPage(t, browser, server.url);
  await leave(page);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByText("The sign-in was canceled").waitFor();
  assert.equal(page.url(), `${server.url}/`);
  assert.equal(await stored(page), '[{},{},""]');
  await page.screenshot({ path: join(shots, "sign-in-issuer-canceled.png"), fullPage: true });
  await leave(page);
  await signIn(page, "carol");
});

// What a stranger could put into the page's address, with the `state` that this tab waits for.
const forged = [
  ["of another sign-in", () => "code=stolen&state=other", "belongs to no sign-in that began in this tab"],
  ["of another issuer", (state) => `code=stolen&state=${state}&iss=https%3A%2F%2Felsewhere.example`, "is not of 127.0.0.1"],
  ["of nobody", (state) => `code=stolen&state=${state}`, "does not say that it is of 127.0.0.1"],
  ["with words of its own", () => "error=x&error_description=Call+0800&state=other", "belongs to no sign-in"],
];
for (const [what, query, words] of forged) {
  test(`an answer ${what} is refused before any request for a token`, async (t) => {
    const before = issuer.grants.length;
    const page = await openPage(t, browser, server.url);
    await leave(page);
    await page.getByPlaceholder("Enter any login").waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    const { state } = JSON.parse(await page.evaluate(() => sessionStorage.getItem("streamdemo.sign-in")));
    await page.goto(`${server.url}/?${query(state)}`);
    await page.getByRole("alert").getByText(words).waitFor();
    assert.equal(page.url(), `${server.url}/`);
    assert.equal(await stored(page), '[{},{},""]');
    assert.ok(!(await page.content()).includes("0800"));
    assert.equal(issuer.grants.length, before);
  });
}

test("an issuer that is away is named, and nothing is left behind", async (t) => {
  const [gone, alone] = await gatewayWith(3600);
  t.after(async () => assert.equal((await alone.stop()).code, 0, alone.errors()));
  await gone.stop();
  const page = await openTroubled(t, alone.url);
  await leave(page, gone);
  await page.getByRole("alert").getByText("cannot be reached").waitFor();
  assert.equal(await stored(page), '[{},{},""]');
});

test("a session is renewed while tasks run, whatever brings their results", async (t) => {
  const [brief, renewing] = await gatewayWith(20);
  const ways = { sse: "dave", websocket: "erin", longpoll: "frank" };
  const pages = await Promise.all(Object.keys(ways).map((via) => openTroubled(t, `${renewing.url}/#via=${via}`)));
  t.after(async () => {
    assert.equal((await renewing.stop()).code, 0, renewing.errors());
    await brief.stop();
  });
  await Promise.all(Object.values(ways).map(async (name, n) => {
    const page = pages[n];
    await leave(page, brief);
    await signIn(page, name);
    // Longer than a token is good for.
    await simulate(page, 440, 50);
    await page.locator("#status[data-status=succeeded]").waitFor({ timeout: 60000 });
    assert.equal(await page.locator("#count-results").textContent(), "440");
    assert.equal(await page.locator("#count-missed").textContent(), "0");
    assert.equal(await stored(page), '[{},{},""]');
  }));
  assert.ok(brief.grants.filter((g) => g === "refresh_token").length >= 3, brief.grants.join(" "));
  assert.ok(!brief.grants.some((g) => g.startsWith("refused")), brief.grants.join(" "));
});

test("without anything to renew with, one is told before the end, and can stay", async (t) => {
  const [brief, ending] = await gatewayWith(20);
  const page = await openPage(t, browser, ending.url);
  t.after(async () => {
    assert.equal((await ending.stop()).code, 0, ending.errors());
    await brief.stop();
  });
  await leave(page, brief);
  await signIn(page, "grace");
  // What the page kept in its memory is gone with it.
  await page.reload();
  await page.getByRole("button", { name: "Stay signed in with" }).click();
  // The page says who is signed in before it leaves, too.
  await until("the second sign-in", () => brief.grants.length > 1);
  await page.waitForURL(`${ending.url}/`);
  await page.getByText("Signed in as grace").waitFor();
  assert.deepEqual(brief.grants, ["authorization_code", "authorization_code"]);
});
