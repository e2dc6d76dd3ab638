// The messages engine: one catalogue per language, plurals by the rules of the language, dates and sizes beside it.
// Rule: a key that a catalogue lacks falls back to English, never to an empty screen.

/** A sentence, or its plural forms chosen by `{count}`. Placeholders are `{name}`. */
export type Entry = string | { zero?: string; one: string; two?: string; few?: string; many?: string; other: string };
export type Catalogue<K extends string = string> = Record<K, Entry>;
export type Values = Record<string, string | number>;

export interface Words<K extends string> {
  locale: string;
  say: (key: K, values?: Values) => string;
  /** True when the catalogue has this key (for codes that come from the server). */
  has: (key: string) => key is K;
  ago: (iso: string, now: number) => string;
  exact: (iso: string) => string;
  clock: (iso: string) => string;
  day: (iso: string) => string;
  /** Day and time in short, for what is to come: "Mon 30 Nov, 09:00". */
  moment: (iso: string) => string;
  count: (value: number) => string;
  bytes: (value: number) => string;
}

/** Binds a catalogue to a language. */
export function createWords<K extends string>(locale: string, catalogue: Partial<Catalogue<K>>, english: Catalogue<K>): Words<K> {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const say = (key: K, values: Values = {}) => fill(choose(catalogue[key] ?? english[key], values, plurals), values, numbers);
  const has = (key: string): key is K => Object.hasOwn(english, key);
  return { locale, say, has, ...timeWords(locale), ...sizeWords(locale, numbers) };
}

function choose(entry: Entry, values: Values, plurals: Intl.PluralRules): string {
  if (typeof entry === 'string') return entry;
  const count = Number(values.count ?? 0);
  if (count === 0 && entry.zero) return entry.zero;
  return entry[plurals.select(count)] ?? entry.other;
}

function fill(text: string, values: Values, numbers: Intl.NumberFormat): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [['minute', 60], ['hour', 3_600], ['day', 86_400]];

function timeWords(locale: string) {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
  const moment = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
  const short = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const ago = (iso: string, now: number) => {
    const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
    if (seconds < 45) return relative.format(0, 'second');
    if (seconds >= 7 * 86_400) return short.format(new Date(iso));
    const [unit, size] = STEPS.findLast(([, step]) => seconds >= step * 0.75) ?? ['minute', 60];
    return relative.format(-Math.max(1, Math.round(seconds / size)), unit);
  };
  const on = (format: Intl.DateTimeFormat) => (iso: string) => format.format(new Date(iso));
  return { ago, exact: on(exact), clock: on(clock), day: on(day), moment: on(moment) };
}

function sizeWords(locale: string, numbers: Intl.NumberFormat) {
  const size = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
  const bytes = (value: number) => {
    if (value < 1_000) return size(value, 'byte');
    return value < 1_000_000 ? size(value / 1_000, 'kilobyte') : size(value / 1_000_000, 'megabyte');
  };
  return { count: (value: number) => numbers.format(value), bytes };
}

const ACCENTS: Record<string, string> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', A: 'Á', E: 'É', I: 'Í', O: 'Ó', U: 'Ú', n: 'ñ', c: 'ç', y: 'ý' };

/** English made strange and a third longer, so that a test sees fixed texts and tight boxes. */
export function pseudo<K extends string>(catalogue: Catalogue<K>): Catalogue<K> {
  const strange = (text: string) => {
    const accented = text.replace(/\{\w+\}|[aeiounycAEIOU]/g, (part) => ACCENTS[part] ?? part);
    return `[${accented}${'·'.repeat(Math.ceil(text.length / 3))}]`;
  };
  const whole = Object.entries<Entry>(catalogue).map(([key, entry]) => {
    if (typeof entry === 'string') return [key, strange(entry)];
    return [key, Object.fromEntries(Object.entries(entry).map(([form, text]) => [form, strange(text ?? '')]))];
  });
  return Object.fromEntries(whole) as Catalogue<K>;
}
