// Many tasks on one WebSocket: /api/stream. Comes back by itself, each task with its own cursor.
// subscribe(id, cursor, hooks) → stop(); the hooks are those of transports.js, request() and received() counting what
// all of them share.
import { cursorBehind, isOver } from "../shared/reader.js";
import { frameSize, openSocket, refusalOf, retryDelay } from "../shared/transports.js";

export function makeMany(shared) {
  const tasks = new Map();  // id → { cursor, hooks }
  let socket = null;
  let timer = null;
  let attempt = 0;
  let closed = false;

  const each = (f) => [...tasks.values()].forEach(f);
  const say = (message) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message)); };
  const ask = (id) => say({ action: "subscribe", ref: id, request_id: id, after: tasks.get(id).cursor });

  function take(frame) {
    if (frame.type === "expiring") dispatchEvent(new Event("expiring"));
    const id = frame.request_id ?? frame.ref;
    const task = tasks.get(id);
    if (!task) return;
    if (frame.seq) {
      task.cursor = frame.seq;
      task.hooks.event(frame);
      if (frame.type === "ended") finish(id);
    } else if (frame.type === "gap") {
      task.cursor = cursorBehind(frame);
      task.hooks.gap(frame);
    } else if (frame.type === "reconnect") {
      ask(id);
    } else if (frame.type === "error") {
      tasks.delete(id);
      task.hooks.failed(new Error(frame.problem.detail));
    } else if (frame.to === "subscribe" && frame.after >= frame.last_seq && isOver(frame.status)) {
      finish(id);
    }
  }

  function finish(id) {
    const { hooks } = tasks.get(id);
    tasks.delete(id);
    hooks.done();
  }

  function open() {
    shared.request();
    socket = openSocket("/api/stream");
    socket.onopen = () => {
      shared.received({ bytes: 0, head: true });
      for (const [id, task] of tasks) {
        task.hooks.trouble(null);
        ask(id);
      }
    };
    socket.onmessage = (message) => {
      attempt = 0;
      shared.received({ bytes: frameSize(message.data) });
      take(JSON.parse(message.data));
    };
    socket.onclose = async (e) => {
      if (closed) return;
      const refusal = await refusalOf(e);
      if (closed) return;
      if (refusal) return each((t) => t.hooks.failed(refusal));
      each((t) => t.hooks.trouble("The socket broke off; reconnecting."));
      timer = setTimeout(open, retryDelay(attempt++));
    };
  }

  open();
  return {
    subscribe(id, cursor, hooks) {
      tasks.set(id, { cursor, hooks });
      ask(id);
      return () => { if (tasks.delete(id)) say({ action: "unsubscribe", request_id: id }); };
    },
    close() {
      closed = true;
      clearTimeout(timer);
      socket.close(1000);
    },
  };
}
