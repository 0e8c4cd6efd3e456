// A form out of the JSON Schema of what a kind takes: numbers, strings, truths and choices have fields of their own, everything
// else is written as JSON. It only helps to write: what is right the server says.
import { element } from "../shared/dom.js";

const plainTypes = ["integer", "number", "string", "boolean"];

// A local $ref is followed; of a type that may be null the other one is meant.
function resolved(schema, root) {
  for (let i = 0; typeof schema?.$ref === "string" && i < 32; i += 1) {
    const steps = schema.$ref.replace(/^#\/?/, "").split("/").filter(Boolean);
    const { $ref, ...beside } = schema;
    const target = steps.reduce((at, step) => at?.[decodeURIComponent(step).replace(/~1/g, "/").replace(/~0/g, "~")], root);
    schema = { ...target, ...beside };
  }
  return schema;
}

function typeOf(schema) {
  const types = [schema.type].flat().filter((t) => t !== "null");
  return types.length === 1 && plainTypes.includes(types[0]) ? types[0] : null;
}

const choicesOf = (schema) => {
  const values = schema.enum?.filter((v) => v !== null) ?? [];
  return values.length > 0 && values.every((v) => typeof v !== "object") ? values : null;
};

// ---- fields: each is { input, read() }, and what is left empty reads as undefined ----

function choiceField(schema, values, required) {
  const input = element("select", { required });
  if (!required && schema.default === undefined) input.append(element("option", { value: "", textContent: "" }));
  values.forEach((v, i) => input.append(element("option", { value: i, textContent: String(v), selected: v === schema.default })));
  return { input, read: () => (input.value === "" ? undefined : values[Number(input.value)]) };
}

function numberField(schema, type, required) {
  const input = element("input", { type: "number", required, value: schema.default ?? "" });
  const whole = type === "integer";
  input.step = schema.multipleOf ?? (whole ? 1 : "any");
  const low = schema.minimum ?? (whole ? schema.exclusiveMinimum + 1 : schema.exclusiveMinimum);
  const high = schema.maximum ?? (whole ? schema.exclusiveMaximum - 1 : schema.exclusiveMaximum);
  if (Number.isFinite(low)) input.min = low;
  if (Number.isFinite(high)) input.max = high;
  return { input, read: () => (input.value === "" ? undefined : input.valueAsNumber) };
}

function truthField(schema, required) {
  const input = element("input", { type: "checkbox", checked: schema.default === true });
  return { input, read: () => (required || input.checked !== (schema.default === true) ? input.checked : undefined) };
}

function textField(schema, required) {
  const input = element("input", { type: "text", value: schema.default ?? "", required: required && schema.minLength > 0 });
  return { input, read: () => (input.value === "" && !required ? undefined : input.value) };
}

function jsonField(schema, required, otherwise) {
  const given = schema.default ?? schema.examples?.[0] ?? otherwise;
  const input = element("textarea", { rows: 4, spellcheck: false, required });
  input.value = given === undefined ? "" : JSON.stringify(given, null, 1);
  return {
    input,
    read() {
      if (input.value.trim() === "") return undefined;
      try {
        return JSON.parse(input.value);
      } catch (e) {
        input.focus();
        throw new Error(`${input.name} is no JSON: ${e.message}`);
      }
    },
  };
}

function fieldOf(schema, required) {
  const values = choicesOf(schema);
  if (values) return choiceField(schema, values, required);
  const type = typeOf(schema);
  if (type === "integer" || type === "number") return numberField(schema, type, required);
  if (type === "boolean") return truthField(schema, required);
  if (type === "string") return textField(schema, required);
  return jsonField(schema, required);
}

function labelled(field, name, pointer, schema) {
  const { input } = field;
  input.name = name;
  input.dataset.pointer = pointer;
  input.addEventListener("input", () => input.removeAttribute("aria-invalid"));
  const text = element("span", {}, schema.title ?? name);
  if (schema.description) text.append(" ", element("span", { className: "unit", textContent: schema.description }));
  return element("label", { className: input.type === "checkbox" ? "check" : "" }, text, input);
}

// ---- the form ----

// { elements, read(), complain(pointer) }. `read` gives the input, or throws an Error with a sentence.
export function makeForm(schema) {
  const root = schema ?? true;
  const top = resolved(root, root);
  const properties = Object.entries(top?.properties ?? {});
  if (properties.length === 0) {
    const field = jsonField(top ?? {}, true, {});
    return formOf([labelled(field, "payload", "", { title: "Input", description: "as JSON" })], field.read);
  }
  const labels = [];
  const reads = [];
  for (const [name, part] of properties) {
    const property = resolved(part, root);
    if (property === false || property.deprecated) continue;
    const required = top.required?.includes(name) ?? false;
    if (property.const !== undefined) {
      if (required) reads.push([name, () => property.const]);
      continue;
    }
    const field = fieldOf(property === true ? {} : property, required);
    labels.push(labelled(field, name, `/${name.replace(/~/g, "~0").replace(/\//g, "~1")}`, property));
    reads.push([name, field.read]);
  }
  return formOf(labels, () => Object.fromEntries(reads.map(([name, read]) => [name, read()]).filter(([, v]) => v !== undefined)));
}

function formOf(elements, read) {
  // The field in which the place lies that the server found wrong.
  const complain = (pointer) => {
    for (const input of elements.flatMap((e) => [...e.querySelectorAll("[data-pointer]")])) {
      const at = input.dataset.pointer;
      if (pointer !== at && !pointer.startsWith(`${at}/`)) continue;
      input.setAttribute("aria-invalid", "true");
      input.focus();
    }
  };
  return { elements, read, complain };
}
