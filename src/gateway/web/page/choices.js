// What can be started on the page: a choice for each kind, and another one where a kind takes files. Each is { value, label,
// element, start(onProgress), complain(pointer), file }; `file` only where there is one: { input, takes(type), show() }.
import { submit, upload } from "../shared/api.js";
import { makeForm } from "./schema_form.js";

function panel(description, ...children) {
  const fields = document.createElement("div");
  fields.className = "fields";
  fields.append(...children);
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Options");
  if (description) {
    const text = document.createElement("p");
    text.className = "quiet";
    text.textContent = description;
    group.append(text);
  }
  group.append(fields);
  return group;
}

function jsonChoice(kind) {
  const schema = kind.input_schema;
  const label = schema?.title ?? kind.name;
  const form = makeForm(schema);
  return {
    value: kind.name,
    label,
    element: panel(schema?.description, ...form.elements),
    complain: form.complain,
    start: () => submit(kind.name, form.read()),
  };
}

function fileField(mediaTypes) {
  const empty = "Drop a file here, or choose one";
  const label = document.createElement("label");
  label.className = "drop";
  const text = document.createElement("span");
  text.textContent = empty;
  const input = Object.assign(document.createElement("input"), { name: "file", type: "file", accept: mediaTypes.join(",") });
  const show = () => { text.textContent = input.files[0]?.name ?? empty; };
  input.addEventListener("change", show);
  label.append(text, input);
  return { label, input, show };
}

const covers = (range, type) => (range.endsWith("/*") ? type.startsWith(range.slice(0, -1)) : type === range);

function fileChoice(kind) {
  const { media_types: mediaTypes, options_schema: schema } = kind.upload;
  const label = schema.title ?? `${kind.name}: a file`;
  const form = makeForm(schema);
  const file = fileField(mediaTypes);
  const takes = (type) => mediaTypes.some((range) => covers(range, type));
  return {
    value: `${kind.name}:file`,
    label,
    element: panel(schema.description, file.label, ...form.elements),
    complain: form.complain,
    file: { input: file.input, label: file.label, show: file.show, takes },
    start(onProgress) {
      const chosen = file.input.files[0];
      if (!chosen) throw new Error("Choose a file first.");
      return upload(kind.name, chosen, takes(chosen.type) ? chosen.type : "application/octet-stream", form.read(), onProgress);
    },
  };
}

export const choicesOf = (kinds) =>
  kinds.flatMap((kind) => (kind.upload ? [jsonChoice(kind), fileChoice(kind)] : [jsonChoice(kind)]));
