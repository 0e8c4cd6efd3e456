// Elements of the page: by their id, made, and told or hidden.

export const $ = (id) => document.getElementById(id);

// An element with its properties and what is in it.
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// Shows a text in an element that is hidden when there is none.
export function say(id, text) {
  $(id).textContent = text ?? "";
  $(id).hidden = !text;
}
