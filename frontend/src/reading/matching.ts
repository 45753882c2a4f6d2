/** Type-ahead: which of many names a few typed letters mean. */

/** Without case and diacritics: "Œdème pulmonaire" and "oedeme" meet. */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss").replace(/ø/g, "o").replace(/ł/g, "l");
}

/** The indices of the names in which every typed word begins a word, in any order; those in which it merely occurs after them. */
export function matching(names: readonly string[], typed: string): number[] {
  const wanted = words(typed);
  const texts = names.map(folded);
  const begins = texts.map((text) => wanted.every((word) => words(text).some((part) => part.startsWith(word))));
  const holds = texts.map((text, index) => !begins[index] && wanted.every((word) => text.includes(word)));
  return [...begins.keys()].filter((index) => begins[index]).concat([...holds.keys()].filter((index) => holds[index]));
}

function words(text: string): string[] {
  return folded(text).split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
