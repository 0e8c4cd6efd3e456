// Who one is. Where the server asks for a name, nothing of the page works before one has shown a key or token: it is
// exchanged for a session in a cookie that no script can read, and forgotten here. Both pages use it.
import { asError, request } from "./api.js";
import { timeOf } from "./clock.js";
import { comeBack, hostOf, leaveFor } from "./code_flow.js";
import { element } from "./dom.js";

const halfAMinute = 30_000;  // before its end the server tells a stream

// The session as the server describes it, and in how many milliseconds it ends, by the server's clock; Infinity: never.
async function asSession(response) {
  if (!response.ok) throw await asError(response);
  const session = await response.json();
  const now = Date.parse(response.headers.get("Date")) || Date.now();
  return { ...session, left: session.expires ? timeOf(session.expires) - now : Infinity };
}

const whoIsIt = async () => asSession(await request("/api/session"));

async function signIn(key) {
  return asSession(await request("/api/session", { method: "POST", headers: { Authorization: `Bearer ${key}` } }));
}

// A page opens a session with what an issuer gave it, and keeps nothing of that.
async function signInWith(tokens) {
  try {
    return await signIn(tokens.accessToken);
  } catch (e) {
    if (e.status !== 401) throw e;
    throw new Error("This server does not accept the issuer's token. Its operator finds the reason in the metric " +
                    "streamdemo_auth_tokens_refused_total.");
  }
}

async function signOut() {
  const response = await request("/api/session", { method: "DELETE" });
  if (!response.ok) throw await asError(response);
}

// A button for each issuer; what goes wrong is told to `failed`.
function issuerButtons(issuers, label, failed) {
  return issuers.map((issuer) => {
    const button = element("button", { type: "button", className: "primary", textContent: `${label} ${hostOf(issuer)}` });
    button.addEventListener("click", async () => {
      button.disabled = true;
      await leaveFor(issuer).catch(failed);
      button.disabled = false;
    });
    return button;
  });
}

// `issuers`: undefined where keys are asked for instead of tokens.
function showForm(issuers, failure) {
  const [what, from] = issuers ? ["access token", "An issuer that it trusts gives you an access token."]
                               : ["key", "Its operator makes a key with “streamdemo key new”."];
  const error = element("p", { className: "message error", role: "alert", hidden: true });
  const complain = (e) => {
    error.textContent = e.message;
    error.hidden = false;
  };
  const input = element("input", { type: "password", name: "key", autocomplete: "current-password", required: true });
  const form = element("form", { className: "fields" },
                       element("label", {}, `${what[0].toUpperCase()}${what.slice(1)} `, input),
                       element("button", { type: "submit", textContent: "Sign in" }));
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    try {
      await signIn(input.value.trim());
      location.reload();
    } catch (e) {
      complain(e.status === 401 ? new Error(`This ${what} is not known here, or no longer.`) : e);
    }
  });
  const buttons = issuerButtons(issuers ?? [], "Sign in with", complain);
  const ways = buttons.length === 0 ? [form]
    : [element("p", { className: "fields" }, ...buttons),
       element("details", {}, element("summary", { textContent: "Or with an access token that you have" }), form)];
  const asks = `This server asks who you are. ${buttons.length === 0 ? from : ""}`;
  const panel = element("section", { className: "panel", id: "sign-in" },
                        element("h2", { id: "sign-in-title", textContent: "Sign in" }),
                        element("p", { className: "quiet", textContent: asks }), error, ...ways);
  panel.setAttribute("aria-labelledby", "sign-in-title");
  for (const other of document.querySelectorAll("main > :not(.message)")) other.hidden = true;
  document.querySelector("main").prepend(panel);
  if (failure) complain(failure);
  (buttons[0] ?? input).focus();
}

// Renews the session before it ends, as long as the issuer lets it; says so where that is not possible.
function keepAlive(session, renew, issuers, note) {
  // The timers of a page that nobody sees are up to a minute late.
  const lead = renew ? Math.min(3 * halfAMinute, session.left / 2) : halfAMinute;
  const endsAt = Date.now() + session.left;
  const stopper = new AbortController();
  const warn = (reason) => {
    const end = "Your session ends soon. ";
    note.replaceChildren(reason ? `${reason.message} ${end}` : end,
                         ...issuerButtons(issuers, "Stay signed in with", (e) => note.replaceChildren(e.message)));
  };
  const end = async () => {
    clearTimeout(timer);
    stopper.abort();
    if (!renew) return warn();
    try {
      const tokens = await renew();
      keepAlive(await signInWith(tokens), tokens.renew, issuers, note);
      note.replaceChildren();
    } catch (e) {
      warn(e);
      // The issuer may be away for a moment.
      if (endsAt - Date.now() > halfAMinute) timer = setTimeout(end, halfAMinute / 3);
    }
  };
  let timer = Number.isFinite(session.left) ? setTimeout(end, Math.max(0, session.left - lead)) : 0;
  // A stream that is told may be of the session before.
  const told = () => { if (endsAt - Date.now() < lead + 5000) end(); };
  addEventListener("expiring", told, { signal: stopper.signal });
}

function showWho(session, renew, failure) {
  const out = element("button", { type: "button", textContent: "Sign out" });
  out.addEventListener("click", async () => {
    await signOut().catch(() => {});
    location.reload();
  });
  const note = element("span", { className: "quiet", role: "status", textContent: failure?.message ?? "" });
  keepAlive(session, renew, session.sign_in ?? [], note);
  document.querySelector(".top").append(
    element("div", { className: "who", id: "who" }, `Signed in as ${session.subject} `, out, note));
}

// Once there is nobody to ask, or somebody has signed in; never, where the form stands instead.
export async function signedIn() {
  let session = await whoIsIt();
  if (!session.authentication) return session;
  let tokens = null;
  let failure = null;
  try {
    tokens = await comeBack(session.sign_in ?? []);
    if (tokens) session = { ...await signInWith(tokens), sign_in: session.sign_in };
  } catch (e) {
    failure = e;
  }
  if (!session.signed_in) {
    showForm(session.sign_in, failure);
    return new Promise(() => {});
  }
  showWho(session, tokens?.renew, failure);
  return session;
}
