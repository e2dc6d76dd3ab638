// Keys without modifier, and pairs that begin with `g` (`'g k'`). They rest while somebody types, while a menu or dialog is open, and when they are turned off.
import { useEffect, useRef } from 'react';
import { prefs } from './prefs';

export type KeyMap = Partial<Record<string, () => void>>;

/** Milliseconds in which the second key of a pair counts. */
const PAIR_MS = 1_200;
let first = -PAIR_MS;
let name = '';

// Before every other listener: what was pressed is a pair when `g` came just before it.
if (typeof window !== 'undefined') {
  addEventListener('keydown', (event) => {
    const isPair = event.timeStamp - first < PAIR_MS;
    name = isPair ? `g ${event.key}` : event.key;
    first = event.key === 'g' && !isPair && !isBusyElsewhere(event) ? event.timeStamp : -PAIR_MS;
  }, { capture: true });
}

/** Listens for keys for as long as the component is mounted. */
export function useKeys(map: KeyMap): void {
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const run = latest.current[name];
      if (!run || !prefs().keys || isBusyElsewhere(event)) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

function isBusyElsewhere(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('input, textarea, select, [contenteditable], [role="menu"], [role="listbox"]')) return true;
  return document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
}
