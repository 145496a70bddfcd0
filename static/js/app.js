// Every page of the house. Pages work without it; it adds keys, guards and live parts.
import { start as startDialogs } from "./dialogs.js";
import { start as startDrafts } from "./drafts.js";
import { start as startFinder } from "./finder.js";
import { start as startForms } from "./forms.js";
import { start as startHelp } from "./help.js";
import { start as startHotkeys } from "./hotkeys.js";
import { start as startLists } from "./lists.js";
import { start as startPalette } from "./palette.js";
import { start as startPasskeys } from "./passkeys.js";
import { start as startPolling } from "./polling.js";
import { start as startPreferences } from "./preferences.js";
import { start as startSession } from "./session.js";

for (const start of [startSession, startForms, startDrafts, startDialogs, startPreferences, startHotkeys, startHelp, startFinder, startLists, startPalette, startPasskeys, startPolling]) {
  start();
}
