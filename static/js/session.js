// The server logs off after its idle time; this only warns, and keeps what was typed.
// Nothing is stored: the page itself holds the fields, covered until the same person is back.
import { ask, make, meta } from "./dom.js";
import { renewToken } from "./forms.js";

const WARNING = 120;
const TICK = 5000;
// A form that is sent sooner after the server was last heard goes straight out.
const FRESH = 30000;
let deadline = 0;
let warning = null;
let cover = null;
let isAsking = false;
let isSending = false;
let heardAt = Date.now();
let channel = null;

export function start() {
  if (!meta("idle-seconds") || !meta("user-id")) return;
  renew(Number(meta("idle-seconds")));
  tellTabs(meta("user-id"));
  channel?.addEventListener("message", hear);
  document.addEventListener("htmx:afterOnLoad", () => renew(Number(meta("idle-seconds"))));
  addEventListener("chartroom:signed-out", hide);
  addEventListener("visibilitychange", () => !document.hidden && (cover ? tryReturn() : tick()));
  addEventListener("focus", () => cover && tryReturn());
  document.addEventListener("submit", askFirst, true);
  setInterval(tick, TICK);
}

/** Tell the other tabs who is signed in; nobody, on the pages of strangers. */
export function tellTabs(user) {
  channel = "BroadcastChannel" in window ? new BroadcastChannel("chartroom-session") : null;
  channel?.postMessage({ user });
}

/** Another tab was used: the session lives as long as the busiest tab. */
function hear(event) {
  if (cover) tryReturn();
  else if (event.data.user === meta("user-id")) renew(Number(meta("idle-seconds")));
  else if (event.data.user) hide();
  else confirmLeft();
}

/**
 * A form that took its time asks first whether the person is still signed in: the answer to a
 * stranger's form would take the place of what was typed. Without a connection it goes its way.
 */
async function askFirst(event) {
  const { target: form, submitter } = event;
  if (form.method !== "post" || Date.now() - heardAt < FRESH) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isSending) return;
  isSending = true;
  await confirmLeft();
  isSending = false;
  heardAt = Date.now();
  if (!cover) form.requestSubmit(submitter);
}

function renew(seconds) {
  deadline = Date.now() + seconds * 1000;
  if (!cover && seconds > WARNING) warning?.close();
}

const left = () => Math.round((deadline - Date.now()) / 1000);

async function tick() {
  if (cover || isAsking) return;
  // A short idle time (a drill, a test) is warned of at its half.
  const limit = Math.min(WARNING, Number(meta("idle-seconds")) / 2);
  if (left() > limit) return;
  await confirmLeft();
  if (cover || left() > limit) return;
  if (left() <= 0) hide();
  else warn();
}

/** Ask the server what is left; asking does not extend it. */
async function confirmLeft() {
  if (!meta("session-state-url")) return;
  isAsking = true;
  try {
    const response = await ask(meta("session-state-url"));
    if (response.ok) hearState(await response.json());
  } catch {
    // Without a connection the clock of this page decides.
  } finally {
    isAsking = false;
  }
}

function hearState(state) {
  heardAt = Date.now();
  deadline = heardAt + state.seconds * 1000;
  if (String(state.user) === meta("user-id")) renewToken(state.csrf);
  else hide();
}

function warn() {
  if (!warning) buildWarning();
  if (!warning.open) warning.showModal();
  warning.querySelector("[data-left]").textContent = `${Math.max(0, left())} seconds`;
}

function buildWarning() {
  const stay = make("button", { class: "btn btn-primary", type: "button", autofocus: true }, "Stay signed in");
  stay.addEventListener("click", extend);
  warning = make(
    "dialog",
    { class: "dialog", "aria-labelledby": "idle-title", "aria-describedby": "idle-text" },
    make("header", { class: "dialog-head" }, make("h2", { class: "dialog-title", id: "idle-title" }, "Still there?")),
    make("div", { class: "dialog-body", id: "idle-text" }, "You will be signed out in ", make("span", { "data-left": true }), ". What you typed stays on this page."),
    make("footer", { class: "dialog-foot" }, stay),
  );
  document.body.append(warning);
}

async function extend() {
  const response = await ask(meta("session-extend-url"), { method: "POST" }).catch(() => null);
  if (!response?.ok) return;
  warning.close();
  renew(Number(meta("idle-seconds")));
  channel?.postMessage({ user: meta("user-id") });
}

/** Cover the page; a patient's data must not stay on an empty desk's screen. */
function hide() {
  if (cover) return;
  warning?.close();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  const again = make("a", { class: "btn btn-primary", href: meta("sign-in-url"), target: "_blank", rel: "opener" }, "Sign in again");
  cover = make(
    "dialog",
    { class: "cover", "aria-labelledby": "cover-title" },
    make("div", { class: "cover-card stack" }, make("h1", { id: "cover-title" }, "You are signed out"), make("p", {}, "Sign in again in a new tab, then come back here. What you typed is still in this page."), again),
  );
  cover.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(cover);
  document.querySelector(".shell").hidden = true;
  document.documentElement.dataset.title = document.title;
  document.title = "Signed out · Chartroom";
  cover.showModal();
}

/** Uncover for the same person; for another one this page is thrown away. */
async function tryReturn() {
  if (isAsking || !meta("session-state-url")) return;
  isAsking = true;
  try {
    const response = await fetch(meta("session-state-url"), { headers: { "X-Requested-With": "fetch" } });
    if (!response.ok) return;
    const state = await response.json();
    if (String(state.user) !== meta("user-id")) {
      location.replace("/");
      return;
    }
    renewToken(state.csrf);
    show(state.seconds);
  } catch {
    // Still no connection: stay covered.
  } finally {
    isAsking = false;
  }
}

function show(seconds) {
  document.querySelector(".shell").hidden = false;
  document.title = document.documentElement.dataset.title;
  cover.close();
  cover.remove();
  cover = null;
  renew(seconds);
}
