// Signing in with an issuer: an authorization code with PKCE (RFC 6749, 7636), for a token of this server (RFC 8707). The
// tokens are in the memory of this page alone. While the issuer has the browser, `state` and the verifier wait in
// sessionStorage; without the code, which they do not open without the other, nobody can use them.

const waiting = "streamdemo.sign-in";

export const hostOf = (issuer) => new URL(issuer.issuer).host;

// Registered at the issuer: each page comes back to itself.
const ownAddress = () => location.origin + location.pathname;

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function challengeOf(verifier) {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

async function ask(issuer, url, options = {}) {
  let response;
  try {
    response = await fetch(url, { ...options, credentials: "omit", cache: "no-store", redirect: "error" });
  } catch {
    throw new Error(`${hostOf(issuer)} cannot be reached, or does not let this page ask it (CORS).`);
  }
  const answer = await response.json().catch(() => ({}));  // no JSON: the status says it
  if (!response.ok) throw refusal(issuer, answer.error, answer.error_description, response.status);
  return answer;
}

// What its errors (RFC 6749 section 4.1.2.1 and 5.2, OpenID Connect Core section 3.1.2.6) mean for who reads them.
const inWords = {
  access_denied: "The sign-in was canceled, or you may not use this service.",
  login_required: "You are not signed in there.",
  invalid_grant: "The sign-in took too long, or was used already. Sign in again.",
  temporarily_unavailable: "It is too busy. Try again later.",
};

function refusal(issuer, error, description, status) {
  const text = inWords[error] ?? description ?? error ?? `it answered ${status}`;
  return new Error(`${hostOf(issuer)}: ${text}`);
}

// Where to go: as the settings say, or else as the issuer publishes it.
async function endpointsOf(issuer) {
  if (issuer.token_endpoint) return issuer;
  const found = await ask(issuer, `${issuer.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (found.issuer !== issuer.issuer) throw new Error(`${hostOf(issuer)} says that it is the issuer ${found.issuer}.`);
  if (!/^https?:\/\//.test(found.authorization_endpoint)) throw new Error(`${hostOf(issuer)} names no page to sign in.`);
  if (new URL(found.token_endpoint).origin !== new URL(issuer.issuer).origin) {
    throw new Error(`${hostOf(issuer)} gives tokens elsewhere, where this page must not ask: the operator of this server ` +
                    `can set token_endpoint to ${found.token_endpoint}.`);
  }
  return found;
}

const common = (issuer) => ({
  client_id: issuer.client_id,
  ...(issuer.resource ? { resource: issuer.resource } : {}),
});

// Leaves the page for the issuer's.
export async function leaveFor(issuer) {
  if (!isSecureContext) throw new Error("A browser signs in elsewhere only from a page by https, or of this machine.");
  const { authorization_endpoint: there } = await endpointsOf(issuer);
  const state = randomText();
  const verifier = randomText();
  const url = new URL(there);
  const parameters = {
    ...common(issuer), response_type: "code", redirect_uri: ownAddress(), scope: issuer.scope ?? "", state,
    code_challenge: await challengeOf(verifier), code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  sessionStorage.setItem(waiting, JSON.stringify({ state, verifier, issuer: issuer.issuer, hash: location.hash }));
  location.assign(url);
}

// What the issuer gave: a token for this server, and, where there is something to renew it with, how. The next one may
// need another thing: many issuers take each only once.
async function tokensFrom(issuer, endpoint, form) {
  const body = new URLSearchParams({ ...common(issuer), ...form });
  const answer = await ask(issuer, endpoint, { method: "POST", body });
  if (!answer.access_token || !/^bearer$/i.test(answer.token_type)) {
    throw new Error(`${hostOf(issuer)} gave no token that can be shown here.`);
  }
  const refresh = answer.refresh_token ?? form.refresh_token;
  return {
    accessToken: answer.access_token,
    renew: refresh && (() => tokensFrom(issuer, endpoint, { grant_type: "refresh_token", refresh_token: refresh })),
  };
}

// Takes what an issuer's page has put into this page's address, and leaves none of it there. null: nothing came.
export async function comeBack(issuers) {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("state") || !(answer.has("code") || answer.has("error"))) return null;
  const begun = JSON.parse(sessionStorage.getItem(waiting));
  sessionStorage.removeItem(waiting);
  history.replaceState(null, "", location.pathname + (begun?.hash ?? ""));
  const issuer = issuers.find((i) => i.issuer === begun?.issuer);
  if (!issuer || answer.get("state") !== begun.state) {
    throw new Error("This answer belongs to no sign-in that began in this tab. Sign in again.");
  }
  // RFC 9207: whose answer it is. Otherwise one issuer could pass off another's code as its own.
  if (answer.has("iss") && answer.get("iss") !== issuer.issuer) {
    throw new Error(`This answer is not of ${hostOf(issuer)}, but of ${answer.get("iss")}. Sign in again.`);
  }
  if (answer.has("error")) throw refusal(issuer, answer.get("error"), answer.get("error_description"));
  const { token_endpoint: endpoint, authorization_response_iss_parameter_supported: says } = await endpointsOf(issuer);
  if (says && !answer.has("iss")) throw new Error(`This answer does not say that it is of ${hostOf(issuer)}. Sign in again.`);
  return tokensFrom(issuer, endpoint, {
    grant_type: "authorization_code", code: answer.get("code"), redirect_uri: ownAddress(), code_verifier: begun.verifier,
  });
}
