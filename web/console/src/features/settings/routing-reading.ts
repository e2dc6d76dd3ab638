// What the routing pages read, and reading it again after a change.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { routing } from '../../state/api';

const NONE: never[] = [];

export function useReread() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['routing'] });
}

export function useSkills() {
  return useQuery({ queryKey: ['routing', 'skills'], queryFn: routing.skills }).data ?? NONE;
}

/** A number somebody typed; null when nothing was. */
export function typed(text: string): number | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : Number(trimmed);
}

/** The time zone of this browser. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether this browser knows a time zone of that name; nothing typed yet is no mistake. */
export function isZone(name: string): boolean {
  if (name.trim() === '') return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name.trim() }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
