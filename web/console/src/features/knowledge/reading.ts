// What the pages of Knowledge read, and how they are told that it changed.
import type { ArticleOut, ArticleQuery, Page } from '@mainstay/api';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { knowledge } from '../../state/api';

/** A list read page by page. */
export function usePages<T>(key: readonly unknown[], read: (after: string | null) => Promise<Page<T>>) {
  return useInfiniteQuery({
    queryKey: ['knowledge', ...key],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => read(pageParam),
    getNextPageParam: (last) => last.next,
    select: (read) => read.pages.flatMap((page) => page.items),
    staleTime: 5_000,
  });
}

export function useArticles(query: ArticleQuery) {
  return usePages<ArticleOut>(['articles', query], (after) => knowledge.list({ ...query, after }));
}

/** One article. A read that began before a change and ends after it never replaces what the change answered. */
export function useArticle(id: string) {
  return useQuery({ queryKey: ['knowledge', 'article', id], queryFn: () => knowledge.article(id), staleTime: 0, structuralSharing: newerArticle });
}

/** Of two states of one article the one that was later on the server. */
export function newerArticle(held: unknown, came: unknown): unknown {
  return isArticle(held) && isArticle(came) && held.version > came.version ? held : came;
}

const isArticle = (value: unknown): value is ArticleOut => typeof value === 'object' && value !== null && 'version' in value;

export function useCategories() {
  return useQuery({ queryKey: ['knowledge', 'categories'], queryFn: knowledge.categories, staleTime: 300_000 }).data ?? [];
}

/** The newest words of an article in a language; null when it has none there. */
export function useText(article: ArticleOut, locale: string) {
  const state = article.translations.find((each) => each.locale === locale);
  return useQuery({
    queryKey: ['knowledge', 'text', article.id, locale, state?.number ?? 0],
    queryFn: () => (state ? knowledge.text(article.id, locale) : null),
    staleTime: Infinity,
  });
}

/** Puts an article that came back from a change where everybody reads it; lists are read again. */
export function useKeepArticle(): (article: ArticleOut) => void {
  const queries = useQueryClient();
  return (article) => {
    queries.setQueryData(['knowledge', 'article', article.id], article);
    for (const list of ['articles', 'reviews', 'gaps', 'versions']) void queries.invalidateQueries({ queryKey: ['knowledge', list] });
  };
}
