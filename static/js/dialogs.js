// Native dialogs and menus; `data-dialog="id"` opens, `data-close` closes.
import { on } from "./dom.js";

export function start() {
  on("click", "[data-dialog]", (button, event) => {
    const dialog = document.getElementById(button.dataset.dialog);
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    dialog.showModal();
  });
  on("click", "[data-close]", (button) => button.closest("dialog")?.close());
  document.addEventListener("click", (event) => {
    // A click on the backdrop has the dialog itself as target.
    if (event.target instanceof HTMLDialogElement && event.target.matches(".dialog")) event.target.close();
  });
  document.addEventListener("toggle", place, true);
  document.addEventListener("keydown", walk);
}

/** Put an opened menu below its button, inside the window. */
function place(event) {
  const menu = event.target;
  if (event.newState !== "open" || !menu.matches?.("[data-menu]")) return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  const box = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8));
  const below = box.bottom + 4 + menu.offsetHeight < innerHeight;
  menu.style.left = `${left}px`;
  menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - menu.offsetHeight - 4)}px`;
}

/** Arrow keys walk through an open menu. */
function walk(event) {
  const menu = event.target.closest?.(".menu:popover-open") ?? document.querySelector("[data-menu]:popover-open");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const items = [...menu.querySelectorAll("a[href], button:not([disabled])")];
  if (!items.length) return;
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = items.indexOf(document.activeElement);
  event.preventDefault();
  items[(at + step + items.length) % items.length].focus();
}
