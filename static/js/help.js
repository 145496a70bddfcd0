// F1: what the guides say about this screen, beside it. What was typed stays, and so does the place.
import { all, ask, make, on, preference } from "./dom.js";

let panel = null;

export function start() {
  on("click", "[data-help]", show);
  document.addEventListener("keydown", showOverDialog);
  if (document.querySelector("[data-news-read]")) preference.set("news", latest());
  addEventListener("storage", drawDots);
  addEventListener("chartroom:preferences", drawDots);
  drawDots();
}

/** Open the panel; a click that asks for a new tab still gets one. */
function show(entry, event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(entry);
}

/** Over an open dialog the entry cannot be pressed by its key; the cover of an ended session stays. */
function showOverDialog(event) {
  const entry = document.querySelector("[data-help]");
  const dialog = document.querySelector("dialog:modal");
  if (event.key !== "F1" || event.defaultPrevented || !entry || !dialog || dialog.matches(".cover")) return;
  event.preventDefault();
  if (panel?.open) panel.close();
  else open(entry);
}

async function open(entry) {
  panel ??= build();
  panel.showModal();
  const body = panel.querySelector(".dialog-body");
  if (body.dataset.isFilled) return;
  const response = await ask(entry.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (response?.status !== 200) {
    body.textContent = "Help cannot be reached just now. Close it and press F1 again.";
    return;
  }
  const holder = make("template");
  holder.innerHTML = await response.text();
  for (const link of all("a", holder.content)) link.target = "_blank";
  body.replaceChildren(holder.content, make("p", { class: "secondary small" }, "Links open in a new tab."));
  body.dataset.isFilled = "yes";
  drawDots();
}

function build() {
  const close = make("button", { class: "btn btn-sm", type: "button", "data-close": true, "data-hotkey": "F1", "data-hotkey-label": "Close help" }, "Close");
  const made = make(
    "dialog",
    { class: "dialog help-panel", id: "help-panel", "aria-labelledby": "help-panel-title" },
    make("header", { class: "dialog-head" }, make("h2", { id: "help-panel-title", class: "dialog-title", tabindex: "-1", autofocus: true }, "Help for this page"), close),
    make("div", { class: "dialog-body", "aria-live": "polite" }, "Loading …"),
  );
  document.body.append(made);
  return made;
}

const latest = () => document.querySelector("[data-help]")?.dataset.news ?? "";

/** A dot on what leads to the news, until this browser has shown them. */
function drawDots() {
  const isNew = preference.get("news", "") !== latest();
  for (const dot of all("[data-news-dot]")) dot.hidden = !isNew;
}
