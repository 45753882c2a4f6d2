/** The preferences page's island: the keyboard map, to be changed away from any case. */
import { json } from "./dom";
import { describeKeys } from "./reading/hints";
import { KeyMap, type KeyPreferences } from "./reading/keymap";
import { KeySheet } from "./reading/sheet";

const keys = new KeyMap(json<KeyPreferences>("preferences"));
new KeySheet(keys, () => true);
keys.onChange(() => describeKeys(document, keys));
