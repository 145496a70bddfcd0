// The doors: sign-in and errors. Says what went wrong with a passkey, reads the time-out's end.
import { announce, make } from "./dom.js";
import { start as startForms } from "./forms.js";
import { start as startPreferences } from "./preferences.js";

startForms();
startPreferences();

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const text = event.detail.exception?.name === "NotAllowedError" ? "The passkey was not used. Try again, or choose another way." : "The passkey could not be read. Try again, or choose another way.";
  document.getElementById("messages")?.replaceChildren(make("div", { class: "callout callout-error", role: "alert" }, make("div", { class: "callout-text" }, text)));
  announce(text);
});
