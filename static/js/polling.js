// Parts that change by themselves. `data-poll="url" data-poll-seconds="15"`: the answer replaces
// the content, 204 or 304 changes nothing, 286 ends it. Nothing is asked while the tab is hidden.
// With `data-poll-still="what is said meanwhile"` the answer waits while pointer or keyboard are in
// it; `data-version` is the version that the page came with.
import { all, announce, ask, make, meta } from "./dom.js";

const STATUS_SECONDS = 20;
const UNKNOWN = 120000;
const SCROLLED = ".board, .table-wrap";
const waiting = new Map();
let trail = null;
let heardAt = 0;
let version = "";
let work = null;

export function start() {
  const seen = new WeakSet();
  const adopt = (root) => {
    for (const element of all("[data-poll]", root)) {
      if (seen.has(element)) continue;
      seen.add(element);
      repeat(() => refresh(element), Number(element.dataset.pollSeconds || 15), () => element.isConnected && !element.dataset.pollDone);
    }
  };
  adopt(document);
  document.addEventListener("htmx:load", (event) => adopt(event.detail.elt.parentElement ?? document));
  if (meta("status-url")) {
    status();
    repeat(status, STATUS_SECONDS, () => true);
  }
  setInterval(drawTrail, 1000);
  addEventListener("offline", () => connection(false));
  addEventListener("online", () => connection(true));
}

function repeat(task, seconds, isWanted) {
  const handle = setInterval(async () => {
    if (!isWanted()) clearInterval(handle);
    else if (!document.hidden) await task().catch(() => connection(navigator.onLine));
  }, seconds * 1000);
}

async function refresh(element) {
  const headers = element.dataset.version ? { "If-None-Match": element.dataset.version } : {};
  const response = await ask(element.dataset.poll, { headers: { ...headers, "HX-Request": "true" } });
  if (response.status === 286) element.dataset.pollDone = "yes";
  // What the page was waiting for is there: the whole page is another one now.
  if (response.headers.get("HX-Refresh") === "true") location.reload();
  if (![200, 286].includes(response.status)) return;
  element.dataset.version = response.headers.get("ETag") ?? "";
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  if (isBusy(element)) wait(element, holder.content);
  else show(element, holder.content);
}

/** Put the news in, with what scrolls where it was. */
function show(element, content) {
  waiting.delete(element);
  const before = element.querySelector(SCROLLED);
  element.replaceChildren(content);
  const after = element.querySelector(SCROLLED);
  if (before && after) {
    after.tabIndex = before.tabIndex;
    after.scrollLeft = before.scrollLeft;
  }
  window.htmx?.process(element);
}

/** Is the person just pointing at it, or in it by keyboard? Then nothing moves there. */
function isBusy(element) {
  return "pollStill" in element.dataset && (element.matches(":hover") || element.contains(document.activeElement));
}

/** Keep the news until pointer and keyboard have left, or until they are asked for. */
function wait(element, content) {
  const isFirst = !waiting.has(element);
  waiting.set(element, content);
  if (!isFirst) return;
  const button = make("button", { class: "btn btn-sm", type: "button" }, "Show it");
  const note = make("div", { class: "poll-news", role: "status" }, make("span", {}, element.dataset.pollStill), button);
  const release = (isWanted) => {
    if (!isWanted && isBusy(element)) return;
    for (const type of ["pointerleave", "focusout"]) element.removeEventListener(type, later);
    note.remove();
    if (waiting.has(element)) show(element, waiting.get(element));
  };
  const later = () => setTimeout(release);
  for (const type of ["pointerleave", "focusout"]) element.addEventListener(type, later);
  button.addEventListener("click", () => release(true));
  document.body.append(note);
}

async function status() {
  const response = await ask(`${meta("status-url")}?version=${encodeURIComponent(version)}`);
  if (response.ok) heardAt = Date.now();
  if (response.status !== 200) return;
  const news = await response.json();
  version = news.version ?? "";
  trail = news.trail;
  drawNotices(news.notices ?? []);
  for (const place of all("[data-count]")) place.textContent = news.counts[place.dataset.count] || "";
  tellOfWork(news.counts.home ?? 0);
  drawTrail();
}

/** Say what the person was told and has not looked at, once each, until they have. */
function drawNotices(notices) {
  const place = document.querySelector("[data-notices]");
  if (!place) return;
  const wanted = new Set(notices.map((notice) => `notice-${notice.id}`));
  for (const old of [...place.children]) if (!wanted.has(old.id)) old.remove();
  for (const notice of notices) {
    if (document.getElementById(`notice-${notice.id}`)) continue;
    const text = make("div", { class: "callout-text" }, make("p", { class: "callout-title" }, notice.title ?? "Emergency access"), `${notice.text} `, make("a", { href: notice.url }, "Look at it"));
    const later = make("button", { class: "btn btn-sm", type: "button", "data-dismiss": true, title: "It comes back on the next page" }, "Later");
    place.append(make("div", { class: "callout callout-warning", id: `notice-${notice.id}` }, text, later));
  }
}

/** Say that more work waits than a moment ago: shown in the counts, heard by people who listen. */
function tellOfWork(number) {
  if (work !== null && number > work) announce(`New work: ${number} in all`);
  work = number;
}

/** Say how long ago the trail was sealed; the age runs on between answers. */
function drawTrail() {
  const place = document.querySelector("[data-trail]");
  if (!place || !trail) return;
  const [state, text] = describeTrail();
  place.dataset.state = state;
  // The age changes each second; people who listen hear only a change of state.
  place.setAttribute("aria-live", state === "ok" ? "off" : "polite");
  if (place.textContent !== text) place.textContent = text;
}

function describeTrail() {
  if (Date.now() - heardAt > UNKNOWN) return ["late", "trail ? not known"];
  if (trail.lag) return ["late", `trail ! unsealed for ${spoken(trail.lag)}`];
  if (!trail.is_sound) return ["late", "trail ! needs attention"];
  if (!trail.unsealed_since) return ["ok", "trail ✓ all sealed"];
  return ["ok", `trail ✓ sealed ${spoken(Math.max(0, Math.round(Date.now() / 1000 - trail.unsealed_since)))} ago`];
}

const spoken = (age) => (age < 120 ? `${age} s` : age < 7200 ? `${Math.floor(age / 60)} min` : `${Math.floor(age / 3600)} h`);

function connection(isOn) {
  const old = document.getElementById("offline");
  if (isOn) old?.remove();
  else if (!old) {
    document.getElementById("messages")?.append(make("div", { class: "callout callout-warning", id: "offline", role: "alert" }, make("div", { class: "callout-text" }, "No connection to the server. Nothing is sent until it is back; what you typed stays here.")));
  }
}
