// Lists by keyboard: j and k (or arrows) walk, Enter opens, x chooses, a chooses all.
// `data-list` on a table or list, `data-row` on its rows, the first link of a row opens it.
import { all, announce, isTyping, on, preference } from "./dom.js";

const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

export function start() {
  new ResizeObserver(letReach).observe(document.body); // looks at once, and whenever window or content change
  document.addEventListener("keydown", listen);
  on("change", "[data-list] thead input[type=checkbox]", (box) => chooseAll(box.closest("[data-list]"), box.checked));
}

/** What scrolls must be reachable by keyboard, also where it holds no link; what does not is no stop. */
function letReach() {
  for (const box of all(".board, .table-wrap, .card-flush")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

function listen(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) {
    // From a search field down into what it found.
    const list = event.key === "ArrowDown" && event.target.matches("input[type=search]") && document.querySelector("main [data-list]");
    if (list) walk(list, null, 1, event);
    return;
  }
  if (document.querySelector("dialog[open], :popover-open.menu")) return;
  const list = event.target.closest?.("[data-list]") ?? document.querySelector("[data-list]");
  if (!list) return;
  const isArrow = event.key.startsWith("Arrow");
  if (isArrow && !event.target.closest?.("[data-list]")) return;
  if (!isArrow && preference.get("keys", "on") === "off") return;
  const row = event.target.closest?.("[data-row]");
  if (event.key in STEPS) {
    if (event.shiftKey && row) toggle(row, true);
    walk(list, row, STEPS[event.key], event);
  } else if (event.key === "x" && row) toggle(row);
  else if (event.key === "a" && list.querySelector("[data-row] input[type=checkbox]")) chooseAll(list, true);
}

function walk(list, row, step, event) {
  const rows = all("[data-row]", list);
  if (!rows.length) return;
  const next = row ? rows[rows.indexOf(row) + step] : rows[step > 0 ? 0 : rows.length - 1];
  if (!next) return;
  event.preventDefault();
  (next.querySelector("[data-open], a[href], button, input") ?? next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function toggle(row, value) {
  const box = row.querySelector("input[type=checkbox]");
  if (!box || box.disabled) return;
  box.checked = value ?? !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function chooseAll(list, value) {
  const boxes = all("[data-row] input[type=checkbox]:not(:disabled)", list);
  for (const box of boxes) box.checked = value;
  boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  announce(value ? `${boxes.length} chosen` : "None chosen");
}
