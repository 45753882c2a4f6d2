import { afterEach, expect, it } from "vitest";
import { gettext, ngettext, pgettext } from "../../frontend/src/i18n";

afterEach(() => {
  globalThis.django = undefined;
});

it("without a catalogue a sentence stays as it is written", () => {
  expect(gettext("Case %(case)s is open again.", { case: "PX-1" })).toBe("Case PX-1 is open again.");
  expect(pgettext("a pixel spacing", "detector")).toBe("detector");
});

it("one and many are told apart by the count", () => {
  expect([1, 2].map((count) => ngettext("%(count)s region", "%(count)s regions", count))).toEqual(["1 region", "2 regions"]);
});

it("a catalogue's sentence takes the same values", () => {
  globalThis.django = { gettext: (text) => (text === "Zoom %(percent)s %%" ? "%(percent)s %% vergrößert" : text) };
  expect(gettext("Zoom %(percent)s %%", { percent: 70 })).toBe("70 % vergrößert");
});
