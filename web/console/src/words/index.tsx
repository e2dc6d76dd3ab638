// The console's words: the language chosen or the browser's, and one hook to say things.
import { createWords, type Words } from '@mainstay/ui/words';
import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react';
import { usePrefs } from '../state/prefs';
import { de } from './de';
import { en } from './en';

export type Key = keyof typeof en;
export type Say = Words<Key>['say'];

export const LANGUAGES = [
  { id: 'en', label: 'English' },
  { id: 'de', label: 'Deutsch' },
];

const CATALOGUES: Record<string, Partial<Record<Key, (typeof en)[Key]>>> = { en, de };
const WordsContext = createContext<Words<Key>>(createWords('en', en, en));

/** The locale to use: the chosen language, with the browser's region when it is of that language. */
export function pickLocale(chosen: string, wished: readonly string[]): string {
  const known = (locale: string) => (locale.split('-')[0] ?? '') in CATALOGUES;
  if (chosen) return wished.find((locale) => locale.startsWith(`${chosen}-`)) ?? chosen;
  return wished.find(known) ?? 'en';
}

export function WordsProvider({ children }: { children: ReactNode }) {
  const { language } = usePrefs();
  const locale = pickLocale(language, navigator.languages);
  const words = useMemo(() => createWords(locale, CATALOGUES[locale.split('-')[0] ?? ''] ?? en, en), [locale]);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return <WordsContext value={words}>{children}</WordsContext>;
}

export const useWords = (): Words<Key> => useContext(WordsContext);
