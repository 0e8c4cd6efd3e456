// The list of one's tasks, newest first, looked at again every two seconds while anybody sees it.
import { asError, deleteTask, request } from "../shared/api.js";
import { $, element } from "../shared/dom.js";
import { isOver } from "../shared/reader.js";

const every = 2000;

function row(task) {
  const pill = element("span", { className: "pill", textContent: task.status });
  pill.dataset.status = task.status;
  const link = element("a", {
    href: `#${new URLSearchParams({ task: task.request_id })}`, textContent: `${task.kind} ${task.request_id.slice(0, 8)}`,
  });
  const at = task.accepted_at ? new Date(task.accepted_at).toLocaleTimeString() : "";
  const when = element("time", { className: "quiet", dateTime: task.accepted_at ?? "", textContent: at });
  return element("li", {}, pill, " ", link, " ", when, ...(isOver(task.status) ? [" ", deleteButton(task)] : []));
}

function deleteButton(task) {
  const button = element("button", { type: "button", textContent: "Delete" });
  button.setAttribute("aria-label", `Delete ${task.kind} ${task.request_id.slice(0, 8)}`);
  button.addEventListener("click", async () => {
    if (!confirm(`Delete all results and files of ${task.kind} ${task.request_id.slice(0, 8)}?`)) return;
    button.disabled = true;
    try {
      await deleteTask(task.request_id);
      button.closest("li").remove();
    } catch (error) {
      button.disabled = false;
      alert(error.message);
    }
  });
  return button;
}

async function look() {
  const query = new URLSearchParams({ limit: 20 });
  for (const name of ["kind", "status"]) {
    const value = $(`tasks-${name}`).value;
    if (value) query.set(name, value);
  }
  const response = await request(`/api/tasks?${query}`, { cache: "no-store" });
  if (!response.ok) throw await asError(response);
  const { tasks } = await response.json();
  // Not while somebody stands on one of them.
  if ($("tasks-list").contains(document.activeElement)) return;
  $("tasks-list").replaceChildren(...tasks.map(row));
  $("tasks-none").hidden = tasks.length > 0;
}

export function showTasks(kinds) {
  $("tasks-panel").hidden = false;
  $("tasks-kind").append(...kinds.map((k) => new Option(k.name, k.name)));
  const again = () => look().catch(() => {});
  for (const name of ["kind", "status"]) $(`tasks-${name}`).addEventListener("change", again);
  setInterval(() => { if (!document.hidden) again(); }, every);
  again();
}
