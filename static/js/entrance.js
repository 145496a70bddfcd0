// The doors: sign-in and errors.
import { meta } from "./dom.js";
import { keepSent } from "./drafts.js";
import { start as startForms } from "./forms.js";
import { start as startPasskeys } from "./passkeys.js";
import { start as startPreferences } from "./preferences.js";
import { tellTabs } from "./session.js";

startForms();
startPreferences();
startPasskeys();
tellTabs("");
if (meta("stranger")) keepSent();
