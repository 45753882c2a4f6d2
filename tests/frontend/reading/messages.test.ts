import { expect, it } from "vitest";
import { messages } from "../../../frontend/src/reading/messages";

it("regions are counted under the name of their finding", () => {
  expect(messages.drawn("Effusion", 1, [])).toBe("Effusion: 1 region");
  expect(messages.drawn("Effusion", 0, [])).toBe("Effusion: none drawn");
});

it("those of other findings are told as well", () => {
  expect(messages.drawn("Nodule", 0, ["Effusion"])).toBe("Nodule: no region; 1 region for Effusion");
  expect(messages.drawn("Nodule", 2, ["Effusion", "Effusion"])).toBe("Nodule: 2 regions; 2 regions for Effusion");
  expect(messages.drawn("Nodule", 0, ["Effusion", "Edema", "Edema"])).toBe("Nodule: no region; 3 regions for 2 other findings");
});
