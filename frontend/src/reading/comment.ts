/** The comment's text field, and putting a ready-made sentence into it. */

/** At the caret, where the reader left it; at the end where they never were in it. A space sets it apart. */
export function insertText(field: HTMLTextAreaElement, text: string, visited: boolean): void {
  const start = visited ? field.selectionStart : field.value.length;
  const end = visited ? field.selectionEnd : field.value.length;
  const gap = (character: string | undefined): string => (character !== undefined && /\S/.test(character) ? " " : "");
  const inserted = gap(field.value[start - 1]) + text + gap(field.value[end]);
  if (field.value.length - (end - start) + inserted.length > field.maxLength && field.maxLength > 0) return;
  field.setRangeText(inserted, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
