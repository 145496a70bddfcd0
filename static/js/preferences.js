// Colours, density, copy buttons, countdowns: small comforts of the frame.
import { all, announce, on, preference } from "./dom.js";

export function start() {
  bindTheme();
  bindSwitch("[data-keys-switch]", "keys", "on", "off", "on");
  bindSwitch("[data-density-switch]", "density", "compact", "normal", "normal");
  on("click", "[data-copy]", copy);
  on("click", "[data-dismiss]", (button) => button.closest(".callout, .toast-line")?.remove());
  setInterval(count, 1000);
  count();
}

function bindTheme() {
  const now = preference.get("theme", "system");
  for (const group of all("[data-theme-switch]")) {
    group.hidden = false;
    for (const input of all("input", group)) {
      input.checked = input.value === now;
      input.addEventListener("change", () => preference.set("theme", input.value));
    }
  }
}

function bindSwitch(selector, name, whenOn, whenOff, otherwise) {
  for (const label of all(selector)) {
    const input = label.querySelector("input");
    label.hidden = false;
    input.checked = preference.get(name, otherwise) === whenOn;
    input.addEventListener("change", () => preference.set(name, input.checked ? whenOn : whenOff));
  }
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    announce("Copying is not allowed here.");
    return;
  }
  button.classList.add("is-done");
  announce(`Copied ${text}`);
  setTimeout(() => button.classList.remove("is-done"), 1500);
}

function count() {
  for (const time of all("time[data-countdown]")) {
    const left = Math.max(0, Math.round((Date.parse(time.dateTime) - Date.now()) / 1000));
    const text = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left` : "time is up";
    if (!left) time.closest("[data-timed]")?.remove();
    time.dataset.clock ??= time.textContent;
    time.textContent = `${time.dataset.clock} (${text})`.trim();
  }
}
