// What was typed and not sent outlives a reload, a time-out and the end of the browser.
// It stays in this browser, sealed: the key is of one person and one day, and the server gives it to
// nobody else. Passwords, files, codes and social security numbers are never kept.
import { all, announce, make, meta, on } from "./dom.js";

const PREFIX = "chartroom-draft:";
const SENT = "chartroom-drafts-sent";
const PAUSE = 1000;
const KEPT = 2 * 24 * 3600 * 1000;
const FORM = "form[data-guard]";
const FIELD = ":is(input, select, textarea)[name]:not([type=hidden], [type=password], [type=file], [type=submit], [data-no-draft], [autocomplete=one-time-code])";

const drafts = new WeakMap();
let keys = [];

export async function start() {
  if (!meta("draft-keys") || !window.crypto?.subtle) return;
  tidy();
  const forms = all(FORM);
  if (!forms.length && !sent().length) return;
  keys = await Promise.all(meta("draft-keys").split(" ").map(readKey));
  dropSent();
  for (const form of forms) await open(form);
  on("input", FORM, later);
  on("change", FORM, later);
  document.addEventListener("submit", noteSent);
  document.addEventListener("htmx:afterRequest", settle);
  document.addEventListener("htmx:afterSettle", () => all(FORM).forEach(open));
}

/** On a stranger's page nothing has arrived: what was sent is still a draft. */
export function keepSent() {
  sessionStorage.removeItem(SENT);
}

/** Throw away what no key opens any more, whoever typed it. */
function tidy() {
  for (const name of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    const at = Number(localStorage.getItem(name).split(" ")[0]);
    if (!(Date.now() - at < KEPT)) localStorage.removeItem(name);
  }
}

async function open(form) {
  if (drafts.has(form)) return;
  const draft = { name: "", before: valuesOf(form), kept: {}, timer: 0 };
  drafts.set(form, draft);
  draft.name = await nameOf(form);
  const found = await read(draft.name);
  if (!found) return;
  draft.kept = found.values;
  if (Object.keys(apart(found.values, draft.before)).length) offer(form, draft, found.at);
}

/** The place of a form, as a digest: it names no patient. */
async function nameOf(form) {
  const place = [meta("user-id"), location.pathname, location.search, form.getAttribute("action") ?? "", all(FORM).indexOf(form)];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(place.join("\n")));
  return PREFIX + base64(digest);
}

/** The values of a form by name; a name of boxes without a tick has none. */
function valuesOf(form) {
  const found = {};
  for (const field of all(FIELD, form)) {
    const values = (found[field.name] ??= []);
    if (isBox(field) ? field.checked : true) values.push(field.value);
  }
  return found;
}

const isBox = (field) => field.type === "checkbox" || field.type === "radio";
const isAlike = (one, other) => JSON.stringify(one ?? []) === JSON.stringify(other ?? []);

/** Those of `values` that are others in `there`. */
const apart = (values, there) => Object.fromEntries(Object.entries(values).filter(([name, value]) => !isAlike(value, there[name])));

function later(form) {
  const draft = drafts.get(form);
  if (!draft) return;
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => keep(form, draft), PAUSE);
}

/** Keep what differs from the form as it came: what others changed meanwhile is left alone. */
async function keep(form, draft) {
  const values = { ...draft.kept, ...apart(valuesOf(form), draft.before) };
  if (!Object.keys(values).length) {
    localStorage.removeItem(draft.name);
    say(form, "");
    return;
  }
  const at = Date.now();
  try {
    localStorage.setItem(draft.name, await seal(draft.name, at, values));
    say(form, `Draft kept ${clock(at)}`);
  } catch {
    say(form, "This browser has no room for a draft");
  }
}

function say(form, text) {
  let line = form.querySelector("[data-draft-state]");
  if (!line) {
    line = make("span", { class: "draft-state", "data-draft-state": true });
    (form.querySelector(".form-actions") ?? form).append(line);
  }
  line.textContent = text;
}

function offer(form, draft, at) {
  const back = make("button", { class: "btn btn-sm", type: "button" }, "Put it back");
  const away = make("button", { class: "btn btn-sm", type: "button" }, "Throw it away");
  const text = make("div", { class: "callout-text" }, `You typed something here on ${day(at)}, ${clock(at)}, and did not send it.`);
  const box = make("div", { class: "callout callout-info", role: "status", "data-draft-offer": true }, text, make("div", { class: "callout-actions" }, back, away));
  back.addEventListener("click", () => {
    const fields = putBack(form, draft.kept);
    draft.kept = {};
    box.remove();
    announce("What you typed is back.");
    fields[0]?.focus();
    later(form);
  });
  away.addEventListener("click", () => {
    draft.kept = {};
    localStorage.removeItem(draft.name);
    box.remove();
    announce("Thrown away.");
    form.querySelector(FIELD)?.focus();
    later(form);
  });
  form.prepend(box);
}

/** Fill in what was typed; return the fields that changed. */
function putBack(form, values) {
  const left = structuredClone(values);
  const changed = [];
  for (const field of all(FIELD, form).filter((field) => field.name in left)) {
    const before = isBox(field) ? field.checked : field.value;
    if (isBox(field)) field.checked = left[field.name].includes(field.value);
    else field.value = left[field.name].shift() ?? "";
    if (before !== (isBox(field) ? field.checked : field.value)) changed.push(field);
  }
  for (const field of changed) {
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!field.matches("[data-autosubmit]")) field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return changed;
}

// A form that was sent is a draft no longer once the answer shows that it was taken.

const sent = () => JSON.parse(sessionStorage.getItem(SENT) ?? "[]");

function noteSent(event) {
  const draft = drafts.get(event.target);
  if (!draft || event.defaultPrevented) return;
  clearTimeout(draft.timer);
  keep(event.target, draft);
  sessionStorage.setItem(SENT, JSON.stringify([...sent(), draft.name]));
}

function dropSent() {
  const [page] = performance.getEntriesByType("navigation");
  const wasTaken = page.type === "navigate" && page.responseStatus < 400;
  if (wasTaken) for (const name of sent()) localStorage.removeItem(name);
  keepSent();
}

function settle(event) {
  const draft = drafts.get(event.detail.elt);
  if (!draft || !event.detail.xhr) return;
  clearTimeout(draft.timer);
  const { status } = event.detail.xhr;
  if (status >= 200 && status < 400) localStorage.removeItem(draft.name);
}

// Sealing: AES-GCM, with the form's place and the time as associated data.

async function readKey(text) {
  return crypto.subtle.importKey("raw", bytes(text), "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function seal(name, at, values) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: place(name, at) };
  const sealed = await crypto.subtle.encrypt(how, keys[0], new TextEncoder().encode(JSON.stringify(values)));
  return `${at} ${base64(iv)} ${base64(sealed)}`;
}

/** What is kept under a name, or null where nothing is or no key opens it. */
async function read(name) {
  const [at, iv, sealed] = (localStorage.getItem(name) ?? "").split(" ");
  if (!sealed) return null;
  const how = { name: "AES-GCM", iv: bytes(iv), additionalData: place(name, at) };
  for (const key of keys) {
    try {
      const text = await crypto.subtle.decrypt(how, key, bytes(sealed));
      return { at: Number(at), values: JSON.parse(new TextDecoder().decode(text)) };
    } catch {
      // Sealed with the key of another day: the next one is tried.
    }
  }
  localStorage.removeItem(name);
  return null;
}

const place = (name, at) => new TextEncoder().encode(`${name} ${at}`);
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const clock = (at) => new Date(at).toLocaleTimeString("en-US", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: meta("time-zone") });
const day = (at) => new Date(at).toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone: meta("time-zone") });
