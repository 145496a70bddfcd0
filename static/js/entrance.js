// The doors: sign-in and errors.
import { start as startForms } from "./forms.js";
import { start as startPasskeys } from "./passkeys.js";
import { start as startPreferences } from "./preferences.js";
import { tellTabs } from "./session.js";

startForms();
startPreferences();
startPasskeys();
tellTabs("");
