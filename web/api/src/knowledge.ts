// Every call of the Knowledge area, by noun. One line each, like `calls.ts`.
import { everyPage, uploadHeaders } from './calls';
import type { Client } from './client';
import type {
  ArticleOut, ArticlePatch, ArticleStatus, CategoryOut, ContextOut, DiffOut, FoundArticles, GapOut, HelpSiteOut, IndexOut, NewArticle, NewTranslation, ReviewOut,
  SynonymOut, TextOut, VersionOut,
} from './knowledge-shapes';
import type { Page } from './shapes';

const V1 = '/api/v1';
const PAGE = 50;

export interface ArticleQuery {
  status?: string | undefined;
  audience?: string | undefined;
  category?: string | undefined;
  owner?: string | undefined;
  locale?: string | undefined;
  limit?: number;
  after?: string | null;
}

export interface ArticleQuestion {
  q: string;
  limit?: number;
  audience?: string | undefined;
  category?: string | undefined;
  locale?: string | undefined;
  reader_locale?: string | undefined;
  settled?: boolean;
  explain?: boolean;
}

function articleCalls(c: Client) {
  const at = (id: string) => `${V1}/articles/${id}`;
  const based = (article: ArticleOut) => ({ version: article.version });
  return {
    list: (query: ArticleQuery) => c.get<Page<ArticleOut>>(`${V1}/articles`, { query: { limit: PAGE, ...query } }),
    article: (id: string) => c.get<ArticleOut>(at(id)),
    write: (body: NewArticle, idempotencyKey: string) => c.post<ArticleOut>(`${V1}/articles`, body, { idempotencyKey }),
    change: (article: ArticleOut, body: ArticlePatch) => c.patch<ArticleOut>(at(article.id), body, based(article)),
    remove: (article: ArticleOut) => c.delete(at(article.id), based(article)),
    setStatus: (article: ArticleOut, status: ArticleStatus) => c.put<ArticleOut>(`${at(article.id)}/status`, { status }, based(article)),
    schedule: (article: ArticleOut, time: string) => c.put<ArticleOut>(`${at(article.id)}/schedule`, { publish_at: time }, based(article)),
    unschedule: (article: ArticleOut) => c.delete<ArticleOut>(`${at(article.id)}/schedule`, based(article)),
    related: (id: string) => c.get<Page<ArticleOut>>(`${at(id)}/related`),
    relate: (article: ArticleOut, ids: string[]) => c.put<ArticleOut>(`${at(article.id)}/related`, { article_ids: ids }, based(article)),
    place: (article: ArticleOut, names: string[]) => c.put<ArticleOut>(`${at(article.id)}/contexts`, { names }, based(article)),
    contexts: () => c.get<Page<ContextOut>>(`${V1}/article-contexts`),
    confirm: (article: ArticleOut) => c.put<ArticleOut>(`${at(article.id)}/review`, {}, based(article)),
    preview: (body: string, articleId: string | undefined, signal?: AbortSignal) =>
      c.post<{ html: string; excerpt: string }>(`${V1}/articles/preview`, { body, ...(articleId ? { article_id: articleId } : {}) }, signal ? { signal } : {}),
    addImage: (id: string, file: File) =>
      c.request<{ id: string; markdown: string }>('POST', `${at(id)}/images`, { raw: file, headers: uploadHeaders(file), timeoutMs: 60_000 }),
  };
}

function textCalls(c: Client) {
  const at = (id: string) => `${V1}/articles/${id}`;
  return {
    text: (id: string, locale: string) => c.get<TextOut>(`${at(id)}/translations/${locale}`),
    translate: (article: ArticleOut, locale: string, body: NewTranslation) =>
      c.put<ArticleOut>(`${at(article.id)}/translations/${locale}`, body, { version: article.version }),
    removeTranslation: (article: ArticleOut, locale: string) =>
      c.delete<ArticleOut>(`${at(article.id)}/translations/${locale}`, { version: article.version }),
    versions: (id: string, locale: string, after: string | null) =>
      c.get<Page<VersionOut>>(`${at(id)}/versions`, { query: { locale, limit: PAGE, after } }),
    diff: (id: string, locale: string, from: number, to: number) => c.get<DiffOut>(`${at(id)}/diff`, { query: { locale, from, to } }),
    rollBack: (article: ArticleOut, locale: string, number: number) =>
      c.post<ArticleOut>(`${at(article.id)}/rollback`, { locale, number }, { version: article.version }),
  };
}

/** The calls about knowledge over one client. */
export function knowledgeApi(c: Client) {
  return {
    ...articleCalls(c),
    ...textCalls(c),
    categories: () => everyPage((after) => c.get<Page<CategoryOut>>(`${V1}/categories`, { query: { limit: 100, after } })),
    addCategory: (name: string) => c.post<CategoryOut>(`${V1}/categories`, { name }),
    reviews: (after: string | null) => c.get<Page<ReviewOut>>(`${V1}/article-reviews`, { query: { limit: PAGE, after } }),
    gaps: (askedBy: 'customers' | 'agents', after: string | null) => c.get<Page<GapOut>>(`${V1}/gaps`, { query: { asked_by: askedBy, limit: PAGE, after } }),
    fillGap: (id: string) => c.post<ArticleOut>(`${V1}/gaps/${id}/article`),
    dismissGap: (id: string) => c.delete(`${V1}/gaps/${id}`),
    find: (question: ArticleQuestion, signal?: AbortSignal) =>
      c.get<FoundArticles>(`${V1}/search/articles`, { query: { limit: 10, ...question }, ...(signal ? { signal } : {}) }),
    index: () => c.get<IndexOut>(`${V1}/article-index`),
    synonyms: () => c.get<Page<SynonymOut>>(`${V1}/synonyms`),
    addSynonym: (words: string[]) => c.post<SynonymOut>(`${V1}/synonyms`, { words }),
    changeSynonym: (group: SynonymOut, words: string[]) => c.put<SynonymOut>(`${V1}/synonyms/${group.id}`, { words }, { version: group.version }),
    removeSynonym: (id: string) => c.delete(`${V1}/synonyms/${id}`),
    helpSite: () => c.get<HelpSiteOut>(`${V1}/help-site`),
    changeHelpSite: (site: HelpSiteOut) => {
      const { version, ...body } = site;
      return c.put<HelpSiteOut>(`${V1}/help-site`, body, { version });
    },
  };
}
