// Names of what articles carry. A value from a newer server shows as its own word.
import type { Key, Say } from '../../words';
import { en } from '../../words/en';

function named(prefix: string, value: string, say: Say): string {
  const key = `${prefix}.${value}`;
  return Object.hasOwn(en, key) ? say(key as Key) : value.replaceAll('_', ' ');
}

export const statusName = (status: string, say: Say): string => named('article_status', status, say);
export const audienceName = (audience: string, say: Say): string => named('audience', audience, say);
export const visibilityName = (visibility: string, say: Say): string => named('visibility', visibility, say);

export const STATUSES = ['draft', 'review', 'published', 'archived'];
export const AUDIENCES = ['customer', 'both', 'internal'];
export const VISIBILITIES = ['public', 'authenticated', 'internal'];
export const LOCALES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl', 'sv', 'da', 'fi', 'nb', 'cs', 'hu', 'ro', 'tr', 'ru', 'uk', 'el', 'ar', 'he', 'ja', 'ko', 'zh'];

/** "German", in the language of the console. */
export function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A share of 1 as "42 %". */
export function percent(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** Words separated by commas, without empty ones and doubles. */
export function readWords(text: string): string[] {
  return [...new Set(text.split(',').map((word) => word.trim()).filter(Boolean))];
}
