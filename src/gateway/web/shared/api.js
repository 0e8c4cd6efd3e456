// Calls of the HTTP face. Every failure is an Error whose message a person understands.

export function urlsOf(id) {
  const self = `/api/tasks/${encodeURIComponent(id)}`;
  return { self, events: `${self}/events`, cancel: `${self}/cancel` };
}

export class HttpError extends Error {
  // `pointer`: of a place in the input that was refused.
  constructor(status, message, retryAfter, pointer) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
    this.pointer = pointer;
  }
}

// RFC 9457 problems carry a title and a detail; anything else still gets a sentence.
export async function asError(response) {
  const problem = await response.json().catch(() => null);  // no JSON: the status says it
  const text = problem?.detail || problem?.title || `The server answered ${response.status} ${response.statusText}`.trim();
  return new HttpError(response.status, text, Number(response.headers.get("Retry-After")) || 0, problem?.pointer);
}

export async function request(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new HttpError(0, "The server cannot be reached.");
  }
  return response;
}

export async function kinds() {
  const response = await request("/api/kinds");
  if (!response.ok) throw await asError(response);
  return (await response.json()).kinds;
}

export async function submit(kind, input) {
  const response = await request(`/api/${kind}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(input),
  });
  if (response.status !== 202) throw await asError(response);
  return response.json();
}

// An upload with progress, which fetch cannot show.
export function upload(kind, file, type, options, onProgress) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", `/api/${kind}?${new URLSearchParams(options)}`);
    call.setRequestHeader("Content-Type", type);
    call.upload.onprogress = (e) => onProgress(e.lengthComputable ? e.loaded / e.total : 0);
    call.onerror = () => reject(new HttpError(0, "The upload broke off: the server cannot be reached or refused it."));
    call.onload = async () => {
      const retryAfter = call.getResponseHeader("Retry-After");
      const response = new Response(call.responseText, {
        status: call.status, statusText: call.statusText, headers: retryAfter ? { "Retry-After": retryAfter } : {},
      });
      if (call.status === 202) resolve(response.json());
      else reject(await asError(response));
    };
    call.send(file);
  });
}

export async function cancel(id) {
  const response = await request(urlsOf(id).cancel, { method: "POST" });
  if (!response.ok) throw await asError(response);
}

// Its history and its files; only of a task that has ended.
export async function deleteTask(id) {
  const response = await request(urlsOf(id).self, { method: "DELETE" });
  if (!response.ok) throw await asError(response);
}
