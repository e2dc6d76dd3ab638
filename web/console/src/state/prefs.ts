// What one person prefers in this browser: theme, language, keys, panes. Nothing here is personal data.
import { useSyncExternalStore } from 'react';

export interface Prefs {
  theme: 'system' | 'light' | 'dark';
  /** '' follows the browser. */
  language: string;
  keys: boolean;
  showEvents: boolean;
  showViews: boolean;
  showContext: boolean;
  /** Widths of the panes in pixels. */
  viewsWidth: number;
  listWidth: number;
  contextWidth: number;
}

const PLACE = 'mainstay.prefs';
const DEFAULTS: Prefs = {
  theme: 'system', language: '', keys: true, showEvents: true, showViews: true, showContext: true,
  viewsWidth: 216, listWidth: 360, contextWidth: 288,
};

let current: Prefs = read();
const listeners = new Set<() => void>();

function read(): Prefs {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(PLACE) ?? '{}') as Partial<Prefs>) };
  } catch {
    return DEFAULTS;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function prefs(): Prefs {
  return current;
}

/** Changes some preferences, keeps them for the next visit, and shows them at once. */
export function setPrefs(change: Partial<Prefs>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(PLACE, JSON.stringify(current));
  } catch {
    // A browser that refuses storage keeps them for this visit only.
  }
  applyTheme();
  for (const listener of listeners) listener();
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(subscribe, prefs);
}

/** Puts the theme on the page; called once at start and on every change. */
export function applyTheme(): void {
  const root = document.documentElement;
  if (current.theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = current.theme;
}
