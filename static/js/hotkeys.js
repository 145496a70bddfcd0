// Keys are named on the elements that they press: `data-hotkey="g p"`, `data-hotkey="Mod+k"`.
// Keys without a modifier never act in a field, can be switched off per person, and wait a
// moment, so that a barcode scanner (which types like a very fast person) triggers none. Slash acts
// at once: what is typed right after it belongs into the field that it focuses.
import { eventToHotkeyString, normalizeHotkey } from "../vendor/github-hotkey/3.1.4/index.js";
import { all, isShown, isTyping, make, on, preference } from "./dom.js";

const WAIT = 120;
const SEQUENCE = 1500;
const SCANNER_GAP = 35;
const SPOKEN = { "/": "slash", "?": "question mark", "+": "plus", "-": "minus", "=": "equals", "→": "right arrow", "←": "left arrow" };
let typed = [];
let timer = 0;
let lastAt = 0;
let isScan = false;

export function start() {
  document.addEventListener("keydown", listen);
  for (const button of all("[data-keys-help], [data-palette]")) button.hidden = false;
  on("click", "[data-keys-help]", showHelp);
}

function listen(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat || isBareModifier(event)) return;
  const key = eventToHotkeyString(event);
  if (hasModifier(event)) {
    press(find(key), event);
    return;
  }
  if (isTyping(event.target) || preference.get("keys", "on") === "off" || isAway()) return;
  remember(key, event);
}

function remember(key, event) {
  const gap = event.timeStamp - lastAt;
  lastAt = event.timeStamp;
  isScan = gap < SCANNER_GAP;
  if (gap > SEQUENCE) typed = [];
  clearTimeout(timer);
  if (isScan) {
    typed = [];
    return;
  }
  typed.push(key);
  // Slash and question mark would be typed into the field that they focus.
  if (["/", "?"].includes(key) && find(key)) event.preventDefault();
  if (key === "/") act();
  else timer = setTimeout(act, WAIT);
}

function act() {
  // What was pressed before (Tab, an arrow) belongs to no sequence.
  const target = find(typed.slice(-2).join(" ")) ?? find(typed.at(-1) ?? "");
  if (!target) return;
  typed = [];
  press(target);
}

function press(element, event) {
  if (!element) return;
  event?.preventDefault();
  if (element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) {
    element.focus();
    element.select?.();
  } else element.click();
}

function find(keys) {
  return bound().find(([element, names]) => names.includes(keys) && isUsable(element))?.[0];
}

function bound() {
  const scope = document.querySelector("dialog:modal") ?? document;
  return all("[data-hotkey]", scope).map((element) => [element, element.dataset.hotkey.split(",").map(normalize)]);
}

const normalize = (keys) => keys.trim().split(" ").map(normalizeOne).join(" ");
const normalizeOne = (key) => normalizeHotkey(key);
const isUsable = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true" && (isShown(element) || element.matches(".desk"));
const isBareModifier = (event) => ["Shift", "Control", "Alt", "Meta"].includes(event.key);
const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(event.key);
const isAway = () => Boolean(document.querySelector(".cover[open]"));

/** List the keys of this page, read from the page itself. */
function showHelp() {
  document.getElementById("keys-help")?.remove();
  const rows = bound().filter(([element]) => isUsable(element)).map(([element, names]) => [nameOf(element), legends(names[0])]);
  for (const element of all("[data-keys-extra]")) rows.push(...JSON.parse(element.dataset.keysExtra).map(([name, keys]) => [name, legends(keys, "or")]));
  const list = make("ul", { class: "keys-list" }, ...rows.map(([name, caps]) => make("li", {}, make("span", {}, name), " ", make("span", {}, ...caps))));
  const close = make("button", { class: "btn", type: "button", "data-close": true }, "Close");
  const dialog = make(
    "dialog",
    { class: "dialog dialog-wide", id: "keys-help", "aria-labelledby": "keys-help-title" },
    make("header", { class: "dialog-head" }, make("h2", { id: "keys-help-title", class: "dialog-title" }, "Keys of this page")),
    make("div", { class: "dialog-body" }, list),
    make("footer", { class: "dialog-foot" }, close),
  );
  document.body.append(dialog);
  dialog.showModal();
}

/** The keys of an element as they are pressed; of several ways the first. */
export const keysOf = (element) => normalize((element.dataset.hotkey ?? "").split(",")[0]);

/** The caps of keys that are pressed one after the other; who listens hears what stands between. */
export const legends = (keys, between = "then") => keys.split(" ").flatMap((key, at) => (at ? [unseen(` ${between} `), cap(key)] : [cap(key)]));

/** The cap of one key; a sign that screen readers pass over is heard by its name. */
function cap(key) {
  const sign = legend(key);
  if (!SPOKEN[sign]) return make("kbd", {}, sign);
  return make("kbd", {}, make("span", { "aria-hidden": "true" }, sign), unseen(` ${SPOKEN[sign]}`));
}

const unseen = (text) => make("span", { class: "visually-hidden" }, text);

/** How a key is printed on a keyboard. */
const legend = (key) => key.replace("Control", "Ctrl").replace("Plus", "+").replace(/\+(\w)$/, (_, last) => `+${last.toUpperCase()}`);

/** What an element that has a key is called. */
export function nameOf(element) {
  const own = element.dataset.hotkeyLabel || element.getAttribute("aria-label");
  return own || (element.querySelector(".desk-label") ?? element).textContent.trim().replace(/\s+/g, " ");
}

/** Everything on this page that a key or the palette can do. */
export const commands = () => all("[data-hotkey], [data-command]").filter(isUsable);
