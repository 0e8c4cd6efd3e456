// Who one is. Where the server asks for a name, nothing of the page works before one has shown a key: it is exchanged for
// a session in a cookie that no script can read, and forgotten here. Both pages use it.
import { asError, request } from "./api.js";
import { element } from "./dom.js";

async function whoIsIt() {
  const response = await request("/api/session");
  if (!response.ok) throw await asError(response);
  return response.json();
}

async function signIn(key) {
  const response = await request("/api/session", { method: "POST", headers: { Authorization: `Bearer ${key}` } });
  if (response.status === 401) throw new Error("This key is not known here, or no longer.");
  if (!response.ok) throw await asError(response);
}

async function signOut() {
  const response = await request("/api/session", { method: "DELETE" });
  if (!response.ok) throw await asError(response);
}

function showForm() {
  const error = element("p", { className: "message error", role: "alert", hidden: true });
  const input = element("input", { type: "password", name: "key", autocomplete: "current-password", required: true });
  const form = element("form", { className: "fields" }, element("label", {}, "Key ", input),
                       element("button", { type: "submit", textContent: "Sign in" }));
  const panel = element("section", { className: "panel", id: "sign-in" },
                        element("h2", { id: "sign-in-title", textContent: "Sign in" }),
                        element("p", { className: "quiet", textContent: "This server asks who you are. " +
                          "Its operator makes a key with “streamdemo key new”." }), error, form);
  panel.setAttribute("aria-labelledby", "sign-in-title");
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    try {
      await signIn(input.value.trim());
      location.reload();
    } catch (failure) {
      error.textContent = failure.message;
      error.hidden = false;
    }
  });
  for (const other of document.querySelectorAll("main > .panel, main > form")) other.hidden = true;
  document.querySelector("main").prepend(panel);
  input.focus();
}

function showWho(session) {
  const out = element("button", { type: "button", textContent: "Sign out" });
  out.addEventListener("click", async () => {
    await signOut().catch(() => {});
    location.reload();
  });
  const note = element("span", { className: "quiet", role: "status" });
  addEventListener("expiring", () => { note.textContent = "Your session ends in half a minute."; });
  document.querySelector(".top").append(
    element("div", { className: "who", id: "who" }, `Signed in as ${session.subject} `, out, note));
}

// Once there is nobody to ask, or somebody has signed in; never, where the form stands instead.
export async function signedIn() {
  const session = await whoIsIt();
  if (!session.authentication) return session;
  if (!session.signed_in) {
    showForm();
    return new Promise(() => {});
  }
  showWho(session);
  return session;
}
