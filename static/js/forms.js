// Guards of forms: sent once, left only on purpose, errors found at once, uploads with progress.
import { all, announce, make, meta, on } from "./dom.js";

const dirty = new Set();
const RELEASE = 15000;

export function start() {
  document.addEventListener("submit", lock);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  on("input", "form[data-guard]", (form) => dirty.add(form));
  addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected && !form.dataset.sent)) event.preventDefault();
  });
  document.addEventListener("htmx:configRequest", (event) => (event.detail.headers["X-CSRFToken"] = meta("csrf-token")));
  document.addEventListener("htmx:beforeRequest", (event) => busy(event.detail.elt, true));
  document.addEventListener("htmx:afterRequest", settle);
  document.addEventListener("htmx:afterSwap", (event) => focusError(event.target));
  document.addEventListener("htmx:beforeSwap", takeBack);
  document.addEventListener("htmx:beforeSwap", keepFiles);
  document.addEventListener("htmx:responseError", explain);
  document.addEventListener("htmx:sendError", () => announce("No connection. Nothing was sent."));
  document.addEventListener("htmx:xhr:progress", progress);
  on("change", "[data-autosubmit]", (field) => field.form.requestSubmit());
  if (document.querySelector("[data-autofocus]")) focusError(document);
  else document.querySelector("form[data-first] :is(input, select, textarea):not([type=hidden])")?.focus();
}

function lock(event) {
  const form = event.target;
  if (!event.defaultPrevented && form.matches("[data-download]")) clearErrors(form);
  if (event.defaultPrevented || form.method === "dialog" || form.matches("[data-download], [target=_blank]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // After the event, or the pressed button's own value would not be sent.
  setTimeout(() => busy(form, true));
  setTimeout(() => release(form), RELEASE);
}

/** The page stands while its file comes: what was wrong with the form before is wrong no more. */
function clearErrors(form) {
  for (const said of all(".error-summary, .errorlist", form)) said.remove();
  for (const field of all("[aria-invalid]", form)) field.removeAttribute("aria-invalid");
  for (const field of all(".is-invalid", form)) field.classList.remove("is-invalid");
  document.title = document.title.replace(/^Error: /, "");
  // A form whose own script fetches the file says itself whether it came.
  if (!form.matches("[data-collect]")) announce("Sent. The file comes as a download.");
}

function release(form) {
  delete form.dataset.sent;
  busy(form, false);
}

function busy(element, value) {
  const buttons = element?.matches?.("form") ? all("button:not([type=button]):not([data-close])", element) : element?.matches?.("button") ? [element] : [];
  for (const button of buttons) {
    if (value) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
    if (button.dataset.wasDisabled === undefined) button.dataset.wasDisabled = String(button.disabled);
    button.disabled = value || button.dataset.wasDisabled === "true";
    if (!value) delete button.dataset.wasDisabled;
  }
}

function settle(event) {
  const element = event.detail.elt;
  busy(element, false);
  if (element?.matches?.("form")) {
    delete element.dataset.sent;
    if (event.detail.successful) dirty.delete(element);
    element.querySelector("[data-upload-line]")?.remove();
  }
}

function focusError(root) {
  const summary = root?.querySelector?.("[data-autofocus]");
  if (!summary) return;
  summary.focus();
  if (!document.title.startsWith("Error:")) document.title = `Error: ${document.title}`;
}

/** A form that was overtaken comes back whole, to be compared and sent again. */
function takeBack(event) {
  const { xhr } = event.detail;
  if (xhr.status !== 409 || xhr.responseText.includes("data-refusal")) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
}

/** A file that was chosen stays chosen where its form comes back with what is wrong. */
function keepFiles(event) {
  const { target, shouldSwap, xhr } = event.detail;
  if (!shouldSwap || xhr.status < 400) return;
  const chosen = all("input[type=file]:not([multiple])", target).filter((field) => field.files.length);
  if (!chosen.length) return;
  const giveBack = () => {
    for (const { id, files } of chosen) {
      const field = document.getElementById(id);
      if (field && !field.files.length) field.files = files;
    }
  };
  document.addEventListener("htmx:afterSwap", giveBack, { once: true });
}

/** Show a refusal or failure that htmx does not swap in, as the server wrote it. */
function explain(event) {
  const { status, responseText } = event.detail.xhr;
  if (status === 401) {
    dispatchEvent(new CustomEvent("chartroom:signed-out"));
    return;
  }
  const page = new DOMParser().parseFromString(responseText, "text/html");
  const said = page.querySelector("[data-refusal]");
  const box = said ? document.adoptNode(said) : make("div", { class: "callout callout-error", role: "alert" }, make("div", { class: "callout-text" }, "That did not work. Nothing was changed; try again, or reload the page."));
  const place = document.getElementById("messages");
  place?.append(box);
  box.scrollIntoView({ block: "nearest" });
}

function progress(event) {
  const form = event.target.closest?.("form");
  if (!form?.querySelector("input[type=file]") || !event.detail.total) return;
  let line = form.querySelector("[data-upload-line]");
  if (!line) {
    const cancel = make("button", { type: "button", class: "btn btn-sm" }, "Cancel");
    cancel.addEventListener("click", () => window.htmx.trigger(form, "htmx:abort"));
    line = make("div", { class: "progress-line", "data-upload-line": true }, make("span", { class: "progress-label" }, "Sending"), make("progress", { max: "100", "aria-label": "Sending" }), make("span", { class: "progress-text num" }), cancel);
    form.append(line);
  }
  const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
  line.querySelector("progress").value = percent;
  line.querySelector(".progress-text").textContent = percent < 100 ? `${percent} %` : "received, being checked …";
}

/** Take a new token into every form, after signing in again. */
export function renewToken(token) {
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const field of all('input[name="csrfmiddlewaretoken"]')) field.value = token;
}
