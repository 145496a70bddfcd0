// Ctrl+K: what can be done here, by name. Lists the page's own commands and, on an empty query,
// the charts opened last, which the server gives and records like any access.
import { ask, make, meta, on } from "./dom.js";
import { commands, nameOf } from "./hotkeys.js";

let dialog = null;
let input = null;
let list = null;
let recent = [];

export function start() {
  on("click", "[data-palette]", open);
}

async function open() {
  if (!dialog) build();
  input.value = "";
  dialog.showModal();
  draw();
  if (!meta("recent-url")) return;
  const response = await ask(meta("recent-url"));
  if (!response.ok) return;
  recent = (await response.json()).recent ?? [];
  draw();
}

function build() {
  input = make("input", { class: "form-control", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-label": "Command or patient", placeholder: "Command or patient …", autocomplete: "off", spellcheck: "false" });
  list = make("ul", { class: "palette-list", id: "palette-list", role: "listbox", "aria-label": "Commands" });
  dialog = make("dialog", { class: "dialog", id: "palette", "aria-label": "Commands" }, make("div", { class: "dialog-body" }, input), list);
  document.body.append(dialog);
  input.addEventListener("input", draw);
  input.addEventListener("keydown", walk);
  list.addEventListener("click", (event) => run(event.target.closest("[role=option]")));
}

function draw() {
  const query = input.value.trim().toLowerCase();
  const options = [];
  if (!query) options.push(...recent.map((item) => option(item.label, "", () => location.assign(item.url))));
  for (const element of commands()) {
    const name = nameOf(element);
    if (element.matches("[data-palette]") || !name.toLowerCase().includes(query)) continue;
    options.push(option(name, element.dataset.hotkey ?? "", () => go(element)));
  }
  if (query && meta("search-url")) options.push(option(`Find patient “${input.value.trim()}”`, "", () => search(input.value.trim())));
  list.replaceChildren(...options);
  choose(options[0]);
}

function option(name, keys, action) {
  const item = make("li", { class: "palette-item", role: "option", id: `palette-${Math.random().toString(36).slice(2)}` }, name, keys ? make("kbd", {}, keys) : null);
  item.action = action;
  return item;
}

function choose(item) {
  for (const other of list.children) other.setAttribute("aria-selected", String(other === item));
  input.setAttribute("aria-activedescendant", item?.id ?? "");
  item?.scrollIntoView({ block: "nearest" });
}

function walk(event) {
  const now = list.querySelector('[aria-selected="true"]');
  if (event.key === "ArrowDown") choose(now?.nextElementSibling ?? list.firstElementChild);
  else if (event.key === "ArrowUp") choose(now?.previousElementSibling ?? list.lastElementChild);
  else if (event.key === "Enter") run(now);
  else return;
  event.preventDefault();
}

function run(item) {
  if (!item) return;
  dialog.close();
  item.action();
}

function go(element) {
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
}

function search(text) {
  const url = new URL(meta("search-url"), location.href);
  url.searchParams.set("q", text);
  location.assign(url);
}
