// The page of a one-time link. It fetches the file itself, so that it can say whether all of it has
// arrived and what to do next; without script the browser saves the file from the same form.

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-collect]")) return;
  event.preventDefault();
  if (!event.target.dataset.sent) collect(event.target);
});

async function collect(form) {
  form.dataset.sent = "yes";
  form.querySelector("button").disabled = true;
  form.elements.passcode.readOnly = true;
  form.querySelector("[data-collect-state]").textContent = "Being fetched …";
  try {
    const answer = await fetch(location.href, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    const isFile = answer.ok && answer.headers.get("Content-Type") === "application/pdf";
    if (!isFile) return replacePage(await answer.text());
    const file = await answer.blob();
    tellArrival(form);
    finish(form, nameOf(answer), file);
  } catch {
    replaceForm(form, copyOf("[data-collect-broken]"));
  }
}

// The link ends at once when its house hears that all of the file is here; unheard, it ends by itself.
function tellArrival(form) {
  const told = new FormData(form);
  told.set("step", "arrived");
  fetch(location.href, { method: "POST", body: told, credentials: "same-origin", keepalive: true }).catch(() => {});
}

const copyOf = (selector) => document.querySelector(selector).content.cloneNode(true);
const nameOf = (answer) => answer.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1] ?? "copies.pdf";
const sizeOf = (file) => (file.size < 1e6 ? `${Math.ceil(file.size / 1000)} kB` : `${(file.size / 1e6).toFixed(1)} MB`);

function finish(form, name, file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  const done = copyOf("[data-collect-done]");
  done.querySelector("[data-collect-name]").textContent = name;
  done.querySelector("[data-collect-size]").textContent = sizeOf(file);
  done.querySelector("[data-collect-again]").addEventListener("click", () => link.click());
  replaceForm(form, done);
  link.click();
}

function replaceForm(form, content) {
  document.querySelector("[data-collect-intro]")?.remove();
  form.replaceWith(content);
  focusOn(document.querySelector("#content .callout"));
}

function replacePage(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  document.title = page.title;
  document.getElementById("content").replaceWith(document.adoptNode(page.getElementById("content")));
  focusOn(document.querySelector("#content .callout") ?? document.getElementById("content"));
}

function focusOn(element) {
  element.tabIndex = -1;
  element.focus();
}
