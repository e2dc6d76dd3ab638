// The shapes of knowledge: articles with their versions, reviews, gaps, what a search found and why.
import type { Known } from './shapes';

export type ArticleStatus = Known<'draft' | 'review' | 'published' | 'archived'>;
export type Audience = Known<'customer' | 'internal' | 'both'>;
export type Visibility = Known<'public' | 'authenticated' | 'internal'>;

/** Votes of readers; `low` and `high` are the 95 % Wilson interval of the helpful share. */
export interface VotesOut {
  helpful: number;
  unhelpful: number;
  share: number | null;
  low: number | null;
  high: number | null;
}

export interface TranslationState {
  locale: string;
  title: string;
  slug: string;
  number: number;
  live_number: number | null;
  is_source: boolean;
  source_changed: boolean;
  updated_at: string;
}

export interface ArticleOut {
  id: string;
  external_id: string | null;
  status: ArticleStatus;
  audience: Audience;
  visibility: Visibility;
  source_locale: string;
  title: string;
  slug: string;
  excerpt: string;
  category_id: string | null;
  tags: string[];
  owner_id: string | null;
  translations: TranslationState[];
  /** Whether readers see an older version than the newest. */
  has_changes: boolean;
  scheduled_at: string | null;
  published_at: string | null;
  reviewed_at: string | null;
  review_by: string | null;
  views: number;
  votes: VotesOut;
  contexts: string[];
  created_at: string;
  updated_at: string;
  version: number;
}

/** A place of the host app that has articles. */
export interface ContextOut {
  name: string;
  articles: number;
}

export interface NewArticle {
  title: string;
  body: string;
  locale?: string;
  slug?: string;
  excerpt?: string;
  audience?: Audience;
  visibility?: Visibility;
  category_id?: string;
  tags?: string[];
  gap_id?: string;
}

/** What is absent stays, null empties. */
export interface ArticlePatch {
  title?: string;
  body?: string;
  excerpt?: string | null;
  note?: string | null;
  slug?: string;
  audience?: Audience;
  visibility?: Visibility;
  category_id?: string | null;
  tags?: string[];
  owner_id?: string | null;
  review_by?: string | null;
}

export interface NewTranslation {
  title: string;
  body: string;
  slug?: string;
  excerpt?: string;
  note?: string;
}

export interface VersionOut {
  locale: string;
  number: number;
  title: string;
  note: string | null;
  author_kind: string;
  author_id: string | null;
  votes: VotesOut;
  created_at: string;
}

/** A version with its words; `html` is safe and has the addresses of the help centre. */
export interface TextOut {
  version: VersionOut;
  excerpt: string;
  body: string;
  html: string;
}

export interface DiffOut {
  from: VersionOut;
  to: VersionOut;
  lines: { change: Known<'same' | 'added' | 'removed'>; text: string }[];
}

export interface ReviewOut {
  id: string;
  reason: Known<'votes' | 'stale'>;
  helpful: number;
  unhelpful: number;
  low: number | null;
  high: number | null;
  locale: string | null;
  number: number | null;
  owner_id: string | null;
  opened_at: string;
  article: ArticleOut;
}

export interface GapOut {
  id: string;
  text: string;
  locale: string;
  queries: number;
  without_results: number;
  without_click: number;
  tickets: number;
  agent_queries: number;
  agent_without_results: number;
  score: number;
  article_id: string | null;
  last_at: string;
}

export interface CategoryOut {
  id: string;
  name: string;
  parent_id: string | null;
  archived: boolean;
  version: number;
}

/** Where one leg of a search put an article. */
export interface LegOut {
  rank: number;
  score: number;
}

export interface FoundArticle {
  id: string;
  external_id: string | null;
  title: string;
  snippet: string;
  score: number;
  locale: string;
  audience: Audience;
  visibility: Visibility;
  path: string;
  explain: { words: LegOut | null; meaning: LegOut | null } | null;
}

/** How a question was read; `weight` is the share of meaning, 0 to 1. */
export interface ReadingOut {
  weight: number;
  why: string;
  terms: number;
  codes: number;
  coverage: number;
  closeness: number;
  margin_words: number;
  margin_meaning: number;
  agreement: number;
  slipped: boolean;
}

export interface FoundArticles {
  items: FoundArticle[];
  by_meaning: boolean;
  reading: ReadingOut | null;
}

export interface IndexOut {
  passages: number;
  vectors: number;
  waiting: number;
  embedded: number;
  rebuild: { done: number; total: number } | null;
  model: Known<'ready' | 'absent' | 'wrong'>;
  model_note: string | null;
}

export interface SynonymOut {
  id: string;
  words: string[];
  version: number;
}

export interface HelpSiteOut {
  host: string | null;
  name: string;
  default_locale: string;
  accent: string;
  has_contact: boolean;
  version: number;
}
