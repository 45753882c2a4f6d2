import { expect, it } from "vitest";
import { forgetOthers, StoredList } from "../../../frontend/src/upload/stored_list";

/** What the browser's own storage does: its names are its keys. */
function storage(): Storage {
  const methods = {
    getItem(name: string) { return (this as unknown as Record<string, string>)[name] ?? null; },
    setItem(name: string, value: string) { (this as unknown as Record<string, string>)[name] = value; },
    removeItem(name: string) { delete (this as unknown as Record<string, string>)[name]; },
  };
  return Object.create(methods) as Storage;
}

const REFUSED = { kind: "refused", problem: { title: "Not stored", detail: "No image." } } as const;

it("is there again with what became of each file", () => {
  const room = storage();
  const kept = new StoredList("1", "chest", room);
  kept.finish(kept.add({ name: "a.png", size: 10, sent: null }), REFUSED);
  kept.add({ name: "b.png", size: 20, sent: null });
  const again = new StoredList("1", "chest", room).entries;
  expect(again.map((entry) => [entry.name, entry.sent])).toEqual([["a.png", REFUSED], ["b.png", null]]);
});

it("is one person's and one project's", () => {
  const room = storage();
  new StoredList("1", "chest", room).add({ name: "a.png", size: 10, sent: null });
  expect(new StoredList("2", "chest", room).entries).toEqual([]);
  expect(new StoredList("1", "skin", room).entries).toEqual([]);
});

it("goes with its person", () => {
  const room = storage();
  room.setItem("overread.draft.1.x", "kept");
  for (const user of ["1", "12"]) new StoredList(user, "chest", room).add({ name: "a.png", size: 10, sent: null });
  forgetOthers("1", room);
  expect(new StoredList("1", "chest", room).entries).toHaveLength(1);
  expect(new StoredList("12", "chest", room).entries).toEqual([]);
  forgetOthers(undefined, room);
  expect(Object.keys(room)).toEqual(["overread.draft.1.x"]);
});

it("can be cleared", () => {
  const room = storage();
  const kept = new StoredList("1", "chest", room);
  kept.add({ name: "a.png", size: 10, sent: null });
  kept.clear();
  expect(Object.keys(room)).toEqual([]);
});

it("holds the newest five hundred", () => {
  const room = storage();
  const kept = new StoredList("1", "chest", room);
  for (let number = 0; number < 502; number++) kept.add({ name: `${number}`, size: 1, sent: null });
  expect(new StoredList("1", "chest", room).entries.map((entry) => entry.name).at(0)).toBe("2");
});
