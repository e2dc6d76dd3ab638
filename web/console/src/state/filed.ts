// What the workspace has sorted and named: categories, names of statuses, macros; read once and kept.
import type { FieldOut, FiledCategory, MacroOut, StatusNameOut } from '@mainstay/api';
import { useQuery } from '@tanstack/react-query';
import { filing } from './api';

const KEPT_MS = 300_000;
const NO_FIELDS: FieldOut[] = [];
const NO_CATEGORIES: FiledCategory[] = [];
const NO_MACROS: MacroOut[] = [];
const NO_NAMES: StatusNameOut[] = [];

export function useFiledCategories(): FiledCategory[] {
  return useQuery({ queryKey: ['filing', 'categories'], queryFn: filing.categories, staleTime: KEPT_MS }).data ?? NO_CATEGORIES;
}

export function useFiledFields(): FieldOut[] {
  return useQuery({ queryKey: ['filing', 'fields'], queryFn: filing.fields, staleTime: KEPT_MS }).data ?? NO_FIELDS;
}

export function useStatusNames(): StatusNameOut[] {
  return useQuery({ queryKey: ['filing', 'statuses'], queryFn: filing.statuses, staleTime: KEPT_MS }).data ?? NO_NAMES;
}

export function useMacros(): MacroOut[] {
  return useQuery({ queryKey: ['filing', 'macros'], queryFn: () => filing.macros(), staleTime: KEPT_MS }).data ?? NO_MACROS;
}

/** Categories with those they stand below, as "Billing › Refunds". */
export function pathOf(categories: readonly FiledCategory[], id: string | null): string {
  const one = categories.find((category) => category.id === id);
  if (!one) return '';
  const above = one.parent_id && one.parent_id !== id ? pathOf(categories, one.parent_id) : '';
  return above ? `${above} › ${one.name}` : one.name;
}
