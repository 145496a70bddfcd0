// Ctrl+K: what can be done here, by name. Lists the page's own commands and, on an empty query,
// the charts opened last, which the server gives and records like any access.
import { all, ask, make, meta, on } from "./dom.js";
import { commands, keysOf, legends, nameOf } from "./hotkeys.js";

let dialog = null;
let input = null;
let list = null;
let recent = "";

export function start() {
  on("click", "[data-palette]", open);
}

async function open() {
  if (!dialog) build();
  input.value = "";
  dialog.showModal();
  draw();
  if (!meta("recent-url")) return;
  const response = await ask(meta("recent-url")).catch(() => null);
  if (!response?.ok) return;
  recent = response.status === 200 ? await response.text() : "";
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
  if (!query) options.push(...opened());
  for (const element of commands()) {
    const name = nameOf(element);
    if (element.matches("[data-palette]") || !name.toLowerCase().includes(query)) continue;
    options.push(option(name, keysOf(element), () => go(element)));
  }
  if (query && searchField()) options.push(option(`Find patient “${input.value.trim()}”`, "", () => search(input.value.trim())));
  list.replaceChildren(...options);
  choose(choices()[0]);
}

/** The charts opened last, as the server wrote them, below a line that says so. */
function opened() {
  const holder = make("template");
  holder.innerHTML = recent;
  const items = [...holder.content.querySelectorAll("[role=option]")];
  for (const item of items) {
    name(item);
    item.action = () => location.assign(item.dataset.url);
  }
  const head = (text) => make("li", { class: "palette-head", role: "presentation" }, text);
  return items.length ? [head("Opened last"), ...items, head("Commands")] : [];
}

function option(text, keys, action) {
  const caps = keys ? make("span", { class: "palette-keys" }, ...legends(keys)) : null;
  const item = make("li", { class: "palette-item", role: "option" }, text, " ", caps);
  name(item);
  item.action = action;
  return item;
}

let count = 0;
const name = (item) => (item.id = `palette-${(count += 1)}`);
const searchField = () => document.getElementById("global-search");
const choices = () => all("[role=option]", list);

function choose(item) {
  for (const other of choices()) other.setAttribute("aria-selected", String(other === item));
  input.setAttribute("aria-activedescendant", item?.id ?? "");
  item?.scrollIntoView({ block: "nearest" });
}

function walk(event) {
  const now = list.querySelector('[aria-selected="true"]');
  const items = choices();
  if (event.key === "ArrowDown") choose(items[items.indexOf(now) + 1] ?? items[0]);
  else if (event.key === "ArrowUp") choose(items[items.indexOf(now) - 1] ?? items.at(-1));
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
  const field = searchField();
  field.value = text;
  field.form.requestSubmit();
}
