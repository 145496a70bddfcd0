// The search of the frame: who is meant shows below it while somebody types. Enter without a
// choice sends the form, as it does without this script.
import { all, announce, ask, make } from "./dom.js";

const WAIT = 300;
const FEWEST = 3;
const ID = "global-found";
let input = null;
let list = null;
let timer = 0;
let asked = null;

export function start() {
  input = document.getElementById("global-search");
  if (!input) return;
  list = make("ul", { class: "palette-list global-found", id: ID, role: "listbox", "aria-label": "Found", hidden: true });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": ID })) input.setAttribute(name, value);
  input.form.append(list);
  show(false);
  input.addEventListener("input", plan);
  input.addEventListener("keydown", walk);
  input.addEventListener("blur", stop);
  input.form.addEventListener("submit", stop);
  // The cursor stays in the field while one clicks or scrolls.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => open(event.target.closest("[data-url]")));
}

function plan() {
  stop();
  list.replaceChildren();
  const marks = input.value.match(/[\p{L}\p{N}]/gu) ?? [];
  if (marks.length >= FEWEST) timer = setTimeout(find, WAIT);
}

function stop() {
  clearTimeout(timer);
  asked?.abort();
  show(false);
}

/** Ask who is meant, in the body: what is typed may be a number that belongs in no address. An
 * answer that is overtaken by typing is thrown away. */
async function find() {
  asked = new AbortController();
  const { signal } = asked;
  const body = new URLSearchParams({ q: input.value.trim() });
  const answer = await ask(input.form.action, { method: "POST", body, signal, headers: { "HX-Request": "true", "HX-Target": ID } })
    .then((response) => (response.ok ? response.text() : ""))
    .catch(() => "");
  if (!answer || signal.aborted) return;
  list.innerHTML = answer;
  for (const [at, option] of choices().entries()) option.id = `${ID}-${at}`;
  show(true);
  const note = list.querySelector("[role=option][aria-disabled=true]:last-child")?.textContent.trim();
  announce([links().length && `${links().length} shown`, note].filter(Boolean).join(". "));
}

const choices = () => all("[role=option]", list);
const links = () => all("[data-url]", list);

function show(isOpen) {
  list.hidden = !isOpen;
  input.setAttribute("aria-expanded", String(isOpen));
  choose(null);
}

function choose(item) {
  for (const other of choices()) other.setAttribute("aria-selected", String(other === item));
  if (item) input.setAttribute("aria-activedescendant", item.id);
  else input.removeAttribute("aria-activedescendant");
  item?.scrollIntoView({ block: "nearest" });
}

function walk(event) {
  if (event.isComposing || !list.childElementCount) return;
  const items = links();
  const at = items.indexOf(list.querySelector('[aria-selected="true"]'));
  if (event.key === "ArrowDown") {
    if (list.hidden) show(true);
    choose(items[at + 1] ?? items[0]);
  } else if (event.key === "ArrowUp" && !list.hidden) choose(items[at - 1] ?? null);
  else if (event.key === "Escape" && !list.hidden) show(false);
  else if (event.key === "Enter" && at >= 0) open(items[at]);
  else return;
  event.preventDefault();
}

function open(item) {
  if (item) location.assign(item.dataset.url);
}
