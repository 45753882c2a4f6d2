import { expect, it } from "vitest";
import { bindings, commandOf, COMMANDS, takeable, type Press } from "../../../frontend/src/reading/keys";

const press = (key: string, more: Partial<Press> = {}): Press => ({ key, repeat: false, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

it("knows digits, letters in both cases and signs", () => {
  expect(["3", "a", "A", "0", "?", "Enter"].map((key) => commandOf(press(key), "page", true))).toEqual(
    ["finding.3", "answer.absent", "answer.absent", "rest.absent", "sheet", "submit"],
  );
});

it("Shift puts a case aside and asks for a second opinion; without it S skips and E escalates", () => {
  const of = (key: string, shiftKey: boolean) => commandOf(press(key, { shiftKey }), "page", true);
  expect([of("S", true), of("E", true), of("s", false), of("e", false)]).toEqual(["defer", "opinion", "skip", "escalate"]);
});

it("Shift and H chooses a map, H alone switches it, Caps Lock or not", () => {
  expect([press("h"), press("H"), press("H", { shiftKey: true }), press("h", { shiftKey: true })].map((each) => commandOf(each, "page", true))).toEqual(
    ["map", "map", "map.next", "map.next"],
  );
  expect(commandOf(press("A", { shiftKey: true }), "page", true)).toBe("answer.absent");
});

it("a held Enter submits once", () => {
  expect(commandOf(press("Enter", { repeat: true }), "page", true)).toBeNull();
});

it("single keys are off in a text field, but Escape leaves it and Ctrl+Enter submits", () => {
  expect(commandOf(press("a"), "text", true)).toBeNull();
  expect(commandOf(press("Escape"), "text", true)).toBe("back");
  expect(commandOf(press("Enter", { ctrlKey: true }), "text", true)).toBe("submit");
});

it("digits typed into a number field are digits, arrows go on to the next finding", () => {
  expect(commandOf(press("5"), "number", true)).toBeNull();
  expect(commandOf(press("ArrowDown"), "number", true)).toBe("finding.next");
});

it("Enter on a button presses the button, arrows on a slider move the slider", () => {
  expect(commandOf(press("Enter"), "control", true)).toBeNull();
  expect(commandOf(press("ArrowUp"), "slider", true)).toBeNull();
});

it("the reader may switch single keys off; named keys stay", () => {
  expect(commandOf(press("p"), "page", false)).toBeNull();
  expect(commandOf(press("Enter"), "page", false)).toBe("submit");
});

it("leaves the browser's own shortcuts alone", () => {
  expect(commandOf(press("p", { ctrlKey: true }), "page", true)).toBeNull();
  expect(commandOf(press("ArrowLeft", { altKey: true }), "page", true)).toBeNull();
});

it("Shift makes a confidence of C and a proposal of P, Caps Lock does not", () => {
  const keys = [press("c"), press("C", { shiftKey: true }), press("P"), press("P", { shiftKey: true })];
  expect(keys.map((each) => commandOf(each, "page", true))).toEqual(["comment", "confidence", "answer.present", "finding.propose"]);
});

it("a slash finds a finding, on keyboards that need Shift for it too", () => {
  expect([press("/"), press("/", { shiftKey: true })].map((each) => commandOf(each, "page", true))).toEqual(["finding.find", "finding.find"]);
});

it("a reader's own key takes the place of the table's", () => {
  const own = bindings({ invert: "x", "zoom.in": "Shift+z" });
  expect(["x", "i", "+", "="].map((key) => commandOf(press(key), "page", true, own))).toEqual(["invert", null, null, null]);
  expect(commandOf(press("Z", { shiftKey: true }), "page", true, own)).toBe("zoom.in");
  expect(commandOf(press("z"), "page", true, own)).toBe("undo");
});

it("every key of the table belongs to one command, and can be taken unless its command is fixed", () => {
  const keys = COMMANDS.flatMap(([, entry]) => entry.keys);
  expect(new Set(keys).size).toBe(keys.length);
  const free = COMMANDS.filter(([, { fixed }]) => !fixed).flatMap(([, entry]) => entry.keys);
  const pressed = free.map((key) => takeable(press(key.replace("Shift+", ""), { shiftKey: key.startsWith("Shift+") })));
  expect(pressed).toEqual(free);
});

it("digits, Enter, Escape, Space and the browser's combinations cannot be taken", () => {
  const refused = [...["1", "9", "Enter", "Escape", " ", "Tab", "F5"].map((key) => press(key)), press("k", { ctrlKey: true }), press("k", { altKey: true })];
  expect(refused.map(takeable)).toEqual(refused.map(() => null));
});

it("a sign is taken as it is typed, with Shift or without", () => {
  expect([press("?", { shiftKey: true }), press("K", { shiftKey: true }), press("ArrowLeft", { shiftKey: true })].map(takeable)).toEqual(["?", "Shift+k", "Shift+ArrowLeft"]);
});
