// What can be started on the page: a choice for each kind, and another one where a kind takes files. Each is { value, label,
// element, start(onProgress), complain(pointer), file }; `file` only where there is one: { input, takes(type), show() }.
import { submit, upload } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { makeForm } from "./schema_form.js";

function panel(description, ...children) {
  const group = element("div", { role: "group", ariaLabel: "Options" });
  if (description) group.append(element("p", { className: "quiet", textContent: description }));
  group.append(element("div", { className: "fields" }, ...children));
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
  const text = element("span", { textContent: empty });
  const input = element("input", { name: "file", type: "file", accept: mediaTypes.join(",") });
  const show = () => { text.textContent = input.files[0]?.name ?? empty; };
  input.addEventListener("change", show);
  return { label: element("label", { className: "drop" }, text, input), input, show };
}

const covers = (range, type) => range === "*/*" || (range.endsWith("/*") ? type.startsWith(range.slice(0, -1)) : type === range);

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
    file: { input: file.input, show: file.show, takes },
    start(onProgress) {
      const chosen = file.input.files[0];
      if (!chosen) throw new Error("Choose a file first.");
      return upload(kind.name, chosen, takes(chosen.type) ? chosen.type : "application/octet-stream", form.read(), onProgress);
    },
  };
}

// The schema `false` allows no JSON: such a kind takes files alone.
export const choicesOf = (kinds) =>
  kinds.flatMap((kind) => [...(kind.input_schema === false ? [] : [jsonChoice(kind)]), ...(kind.upload ? [fileChoice(kind)] : [])]);
