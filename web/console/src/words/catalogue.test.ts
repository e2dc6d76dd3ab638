// @vitest-environment jsdom
// Every language says everything the English catalogue says, with the same placeholders and its own plural forms.
import type { Entry } from '@mainstay/ui/words';
import { expect, test } from 'vitest';
import { de } from './de';
import { en } from './en';
import { pickLocale } from './index';

const forms = (entry: Entry): string[] => (typeof entry === 'string' ? [entry] : Object.values(entry));
const places = (entry: Entry): string[] => [...new Set(forms(entry).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

test('German has exactly the keys of English', () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
});

test.each(Object.keys(en))('%s has the same placeholders and is not empty', (key) => {
  const [english, german] = [en[key as keyof typeof en], de[key as keyof typeof en]];
  expect(places(german)).toEqual(places(english));
  expect(typeof german).toBe(typeof english);
  for (const form of [...forms(english), ...forms(german)]) expect(form.trim()).not.toBe('');
});

test('the chosen language wins, then the browser, then English', () => {
  expect(pickLocale('', ['fr-FR', 'de-AT', 'en'])).toBe('de-AT');
  expect(pickLocale('en', ['de-DE', 'en-GB'])).toBe('en-GB');
  expect(pickLocale('de', ['en-GB'])).toBe('de');
  expect(pickLocale('', ['fr'])).toBe('en');
});
