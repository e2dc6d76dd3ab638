// Rates are read as people write them.
import { expect, test } from 'vitest';
import { readRates, writeRates } from './rates';

test('rates are read with dots and commas, and a wrong one is left for the server to name', () => {
  expect(readRates('eur 1.08\n\n CHF = 1,05\nGBP much')).toEqual({ EUR: 1.08, CHF: 1.05, GBP: 0 });
  expect(readRates(writeRates({ EUR: 1.08, JPY: 0.006 }))).toEqual({ EUR: 1.08, JPY: 0.006 });
});
