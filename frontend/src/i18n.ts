/**
 * Sentences in the reader's language. Django serves the catalogue as /i18n.js before any island runs (pages/catalogue.py);
 * without one, as in vitest, every sentence stays as it is written. `manage.py makemessages` finds these calls by their names.
 */

/** What /i18n.js leaves in the page. */
interface Catalogue {
  gettext(text: string): string;
  ngettext(one: string, many: string, count: number): string;
  pgettext(context: string, text: string): string;
}

declare global {
  var django: Partial<Catalogue> | undefined;
}

export type Values = Readonly<Record<string, string | number>>;

/** "%(name)s" becomes the value of that name, "%%" a percent sign. */
export function interpolate(text: string, values: Values): string {
  return text.replace(/%%|%\((\w+)\)s/g, (_match, name: string | undefined) => (name === undefined ? "%" : String(values[name] ?? "")));
}

export function gettext(text: string, values?: Values): string {
  const said = globalThis.django?.gettext?.(text) ?? text;
  return values ? interpolate(said, values) : said;
}

/** The same, where a word alone means different things: `context` tells the translator which. */
export function pgettext(context: string, text: string): string {
  return globalThis.django?.pgettext?.(context, text) ?? text;
}

/** One sentence or the other by `count`, which "%(count)s" stands for. */
export function ngettext(one: string, many: string, count: number, values: Values = {}): string {
  const said = globalThis.django?.ngettext?.(one, many, count) ?? (count === 1 ? one : many);
  return interpolate(said, { count, ...values });
}
