import { expect, it } from "vitest";
import { words } from "../../../frontend/src/reading/words";

it("regions are counted under the name of their finding", () => {
  expect(words.drawn("Effusion", 1, [])).toBe("Effusion: 1 region");
  expect(words.drawn("Effusion", 0, [])).toBe("Effusion: none drawn");
});

it("those of other findings are told as well", () => {
  expect(words.drawn("Nodule", 0, ["Effusion"])).toBe("Nodule: no region; 1 region for Effusion");
  expect(words.drawn("Nodule", 2, ["Effusion", "Effusion"])).toBe("Nodule: 2 regions; 2 regions for Effusion");
  expect(words.drawn("Nodule", 0, ["Effusion", "Edema", "Edema"])).toBe("Nodule: no region; 3 regions for 2 other findings");
});
