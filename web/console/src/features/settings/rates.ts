// The rate table as text: a currency and what one unit is worth, one per line.

/** Reads lines as `EUR 1.08` or `EUR = 1,08`; what is no number is kept as one the server refuses by name. */
export function readRates(text: string): Record<string, number> {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => {
      const [currency = '', rate = ''] = line.split(/[\s=:]+/, 2);
      const number = Number(rate.replace(',', '.'));
      return [currency.toUpperCase(), rate && Number.isFinite(number) ? number : 0];
    }),
  );
}

export function writeRates(rates: Record<string, number>): string {
  return Object.entries(rates).map(([currency, rate]) => `${currency} ${rate}`).join('\n');
}
