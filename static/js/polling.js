// Parts that change by themselves. `data-poll="url" data-poll-seconds="15"`: the answer replaces
// the content, 204 or 304 changes nothing, 286 ends it. Nothing is asked while the tab is hidden.
import { all, ask, make, meta } from "./dom.js";

const STATUS_SECONDS = 15;
const LATE_SECONDS = 60;
let trailAt = 0;
let isLate = false;
let version = "";

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
  if (![200, 286].includes(response.status)) return;
  element.dataset.version = response.headers.get("ETag") ?? "";
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  element.replaceChildren(holder.content);
  window.htmx?.process(element);
}

async function status() {
  const response = await ask(`${meta("status-url")}?version=${encodeURIComponent(version)}`);
  if (response.status !== 200) return;
  const news = await response.json();
  version = news.version ?? "";
  trailAt = news.trail.sealed_at * 1000;
  isLate = news.trail.state !== "ok";
  for (const place of all("[data-count]")) place.textContent = news.counts[place.dataset.count] || "";
  drawTrail();
}

/** Say how long ago the trail was sealed; the age runs on between answers. */
function drawTrail() {
  const place = document.querySelector("[data-trail]");
  if (!place || !trailAt) return;
  const age = Math.max(0, Math.round((Date.now() - trailAt) / 1000));
  const late = isLate || age > LATE_SECONDS;
  const text = late ? `trail ! not sealed for ${spoken(age)}` : `trail ✓ sealed ${spoken(age)} ago`;
  place.dataset.state = late ? "late" : "ok";
  // The age changes each second; people who listen hear only a change of state.
  place.setAttribute("aria-live", late ? "polite" : "off");
  if (place.textContent !== text) place.textContent = text;
}

const spoken = (age) => (age < 120 ? `${age} s` : `${Math.floor(age / 60)} min`);

function connection(isOn) {
  const old = document.getElementById("offline");
  if (isOn) old?.remove();
  else if (!old) {
    document.getElementById("messages")?.append(make("div", { class: "callout callout-warning", id: "offline", role: "alert" }, make("div", { class: "callout-text" }, "No connection to the server. Nothing is sent until it is back; what you typed stays here.")));
  }
}
