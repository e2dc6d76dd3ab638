// How long something took or takes, in the two largest units: "3 h 20 min".

const UNITS: [string, number][] = [['day', 86_400], ['hour', 3_600], ['minute', 60]];

/** Seconds as words of a language; what is shorter than a minute is none. */
export function duration(seconds: number, locale: string): string {
  let left = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    const isShown = count > 0 || (unit === 'minute' && parts.length === 0);
    if (isShown && parts.length < 2) parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count));
  }
  return parts.join(' ');
}
