// Small things that every other module needs.

export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Run `handler(element, event)` for events on elements that match, present or future. */
export function on(type, selector, handler) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) handler(element, event);
  });
}

/** Make an element from tag, attributes and children; text is never read as markup. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Ask our own server from a script; 401 is told to the whole page. */
export async function ask(url, options = {}) {
  const headers = { "X-Requested-With": "fetch", ...options.headers };
  if (options.method && options.method !== "GET") headers["X-CSRFToken"] = meta("csrf-token");
  const response = await fetch(url, { credentials: "same-origin", redirect: "manual", ...options, headers });
  if (response.status === 401 || response.type === "opaqueredirect") {
    dispatchEvent(new CustomEvent("chartroom:signed-out"));
  }
  return response;
}

let region = null;
/** Say something to people who listen; nothing is shown. */
export function announce(text) {
  if (!region) {
    region = make("div", { class: "visually-hidden", "aria-live": "polite", role: "status" });
    document.body.append(region);
  }
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}

/** Preferences of this browser; never anything about a patient. */
export const preference = {
  get(name, otherwise) {
    try {
      return localStorage.getItem(name) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      announce("This browser keeps no settings.");
    }
    dispatchEvent(new Event("chartroom:preferences"));
  },
};

/** Is the person typing here? */
export const isTyping = (element) =>
  Boolean(element?.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]"));

/** Can the person see it? */
export const isShown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? true;
