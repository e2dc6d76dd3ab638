// Words of articles that are not saved yet, kept in this browser: a reload, an error or another page never loses them.
// Every save on the server is a version that people compare, so nothing is saved there without being asked.
import type { ArticleOut, ArticlePatch, NewArticle, TextOut } from '@mainstay/api';
import { readWords } from './words';

/** What the editor holds; texts as they are typed. */
export interface Form {
  title: string;
  body: string;
  slug: string;
  excerpt: string;
  note: string;
  tags: string;
  audience: string;
  visibility: string;
  category: string;
  owner: string;
  /** A day, as `2027-03-01`; empty without one. */
  review: string;
}

const PLACE = 'mainstay.article.';
export const EMPTY_FORM: Form = {
  title: '', body: '', slug: '', excerpt: '', note: '', tags: '', audience: 'customer', visibility: 'public', category: '', owner: '', review: '',
};

/** An article and its words in a language, as the editor holds them. */
export function formOf(article: ArticleOut, text: TextOut | null, locale: string): Form {
  const state = article.translations.find((each) => each.locale === locale);
  return {
    title: text?.version.title ?? '',
    body: text?.body ?? '',
    slug: state?.slug ?? '',
    excerpt: text?.excerpt ?? '',
    note: '',
    tags: article.tags.join(', '),
    audience: article.audience,
    visibility: article.visibility,
    category: article.category_id ?? '',
    owner: article.owner_id ?? '',
    review: article.review_by?.slice(0, 10) ?? '',
  };
}

/** Only what differs, as a change; null when nothing does. */
export function patchOf(form: Form, base: Form): ArticlePatch | null {
  const patch: ArticlePatch = {
    ...(form.title === base.title ? {} : { title: form.title }),
    ...(form.body === base.body ? {} : { body: form.body }),
    ...(form.slug === base.slug || !form.slug ? {} : { slug: form.slug }),
    ...(form.excerpt === base.excerpt ? {} : { excerpt: form.excerpt || null }),
    ...(form.tags === base.tags ? {} : { tags: readWords(form.tags) }),
    ...(form.audience === base.audience ? {} : { audience: form.audience }),
    ...(form.visibility === base.visibility ? {} : { visibility: form.visibility }),
    ...(form.category === base.category ? {} : { category_id: form.category || null }),
    ...(form.owner === base.owner ? {} : { owner_id: form.owner || null }),
    ...(form.review === base.review ? {} : { review_by: form.review ? `${form.review}T00:00:00Z` : null }),
  };
  if (Object.keys(patch).length === 0) return null;
  return form.note ? { ...patch, note: form.note } : patch;
}

/** A form as a new article. */
export function newOf(form: Form, locale: string): NewArticle {
  return {
    title: form.title,
    body: form.body,
    locale,
    audience: form.audience,
    visibility: form.visibility,
    tags: readWords(form.tags),
    ...(form.slug ? { slug: form.slug } : {}),
    ...(form.excerpt ? { excerpt: form.excerpt } : {}),
    ...(form.category ? { category_id: form.category } : {}),
  };
}

export const sameForm = (one: Form, other: Form): boolean => (Object.keys(one) as (keyof Form)[]).every((field) => one[field] === other[field]);

/** What was typed and not saved, and the article's version and words it was typed on. */
export interface Kept {
  form: Form;
  base: Form;
  version: number;
}

export function readKept(key: string): Kept | null {
  try {
    const kept = sessionStorage.getItem(PLACE + key);
    if (!kept) return null;
    const { form, base, version } = JSON.parse(kept) as Kept;
    return { form: { ...EMPTY_FORM, ...form }, base: { ...EMPTY_FORM, ...base }, version };
  } catch {
    return null;
  }
}

export function keep(key: string, kept: Kept | null): void {
  try {
    if (kept) sessionStorage.setItem(PLACE + key, JSON.stringify(kept));
    else sessionStorage.removeItem(PLACE + key);
  } catch {
    // Storage full or refused: the words still live on the page.
  }
}
