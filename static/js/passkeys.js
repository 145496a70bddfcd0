// Passkeys are asked for by the sign-in library's scripts; this says what went wrong.
import { make } from "./dom.js";

const REFUSED = "The passkey was not used. Try again, or choose another way.";
const FAILED = "The passkey could not be read. Try again, or choose another way.";

export function start() {
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const text = event.detail.exception?.name === "NotAllowedError" ? REFUSED : FAILED;
    const box = make("div", { class: "callout callout-error", role: "alert" }, make("div", { class: "callout-text" }, text));
    document.getElementById("messages")?.replaceChildren(box);
  });
}
