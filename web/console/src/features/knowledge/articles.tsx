// The list of articles: narrowed by status, audience and category, or searched; last changed first.
import type { ArticleOut, FoundArticle } from '@mainstay/api';
import { AddIcon, ArticleIcon, Badge, Button, Choose, Empty, SafeHtml, SearchIcon } from '@mainstay/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { knowledge } from '../../state/api';
import { useNow } from '../../state/clock';
import { useKeys } from '../../state/keys';
import { useSession } from '../../state/session';
import { useWords } from '../../words';
import { StatusBadge, Votes } from './marks';
import { MoreButton, Page, ReadState, Table } from './page';
import { useArticles, useCategories } from './reading';
import { AUDIENCES, audienceName, languageName, LOCALES, STATUSES, statusName } from './words';

interface Filter {
  q?: string;
  status?: string;
  audience?: string;
  category?: string;
  locale?: string;
}

const PAUSE_MS = 180;
const SETTLED_MS = 2_000;

export function ArticlesPage() {
  const { say } = useWords();
  const filter: Filter = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = (change: Filter) => {
    const next = Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value));
    void navigate({ to: '/knowledge/articles', search: next, replace: true });
  };
  const mayWrite = useSession().rights.includes('knowledge:write');
  const write = () => void navigate({ to: '/knowledge/articles/new' });
  useKeys({ '/': () => document.getElementById('kb-search')?.focus(), ...(mayWrite ? { c: write } : {}) });
  const add = mayWrite ? <Button look="primary" onPress={write}><AddIcon size={14} aria-hidden="true" /> {say('articles.new')}</Button> : null;
  return (
    <Page title={say('articles.title')} action={add}>
      <Filters filter={filter} onChange={set} />
      {filter.q ? <Found q={filter.q} /> : <List filter={filter} add={add} onClear={() => set({ status: '', audience: '', category: '', locale: '' })} />}
    </Page>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (change: Filter) => void }) {
  const { say, locale } = useWords();
  const categories = useCategories().filter((each) => !each.archived);
  const any = { id: '', label: say('knowledge.any') };
  return (
    <div className="kb-filters" role="search" aria-label={say('articles.filters')}>
      <SearchField q={filter.q ?? ''} onSearch={(q) => onChange({ q })} />
      <Choose label={say('knowledge.status')} value={filter.status ?? ''} onChange={(status) => onChange({ status, q: '' })} choices={[any, ...STATUSES.map((id) => ({ id, label: statusName(id, say) }))]} />
      <Choose label={say('knowledge.audience')} value={filter.audience ?? ''} onChange={(audience) => onChange({ audience, q: '' })} choices={[any, ...AUDIENCES.map((id) => ({ id, label: audienceName(id, say) }))]} />
      <Choose label={say('knowledge.language')} value={filter.locale ?? ''} onChange={(language) => onChange({ locale: language, q: '' })} choices={[any, ...LOCALES.map((id) => ({ id, label: languageName(id, locale) }))]} />
      {categories.length > 0 ? (
        <Choose label={say('knowledge.category')} value={filter.category ?? ''} onChange={(category) => onChange({ category, q: '' })} choices={[any, ...categories.map(({ id, name }) => ({ id, label: name }))]} />
      ) : null}
    </div>
  );
}

function SearchField({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const { say } = useWords();
  const [text, setText] = useState(q);
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (text === q) return;
    const timer = setTimeout(() => onSearch(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, q, onSearch]);
  return (
    <label className="field kb-search">
      <span className="field-label">{say('articles.search')}</span>
      <input id="kb-search" className="field-input" type="search" autoComplete="off" dir="auto" value={text} onChange={(event) => setText(event.target.value)} />
    </label>
  );
}

function List({ filter, add, onClear }: { filter: Filter; add: React.ReactNode; onClear: () => void }) {
  const { say } = useWords();
  const { status, audience, category, locale } = filter;
  const read = useArticles({ status, audience, category, locale });
  const isNarrow = Boolean(status || audience || category || locale);
  if (read.data?.length === 0) {
    const icon = <ArticleIcon size={28} strokeWidth={1.5} />;
    if (!isNarrow) return <Empty icon={icon} title={say('articles.empty')} text={say('articles.empty_text')} action={add} />;
    return <Empty icon={icon} title={say('articles.no_match')} text={say('articles.no_match_text')} action={<Button onPress={onClear}>{say('articles.clear')}</Button>} />;
  }
  return (
    <>
      <ReadState read={read} />
      {read.data ? (
        <Table label={say('articles.title')} heads={[say('articles.name'), say('knowledge.status'), say('articles.languages'), say('articles.helpful'), say('articles.changed')]}>
          {read.data.map((article) => <Row key={article.id} article={article} />)}
        </Table>
      ) : null}
      <MoreButton read={read} />
    </>
  );
}

function Row({ article }: { article: ArticleOut }) {
  const { say, ago, exact, locale } = useWords();
  const now = useNow();
  const category = useCategories().find((each) => each.id === article.category_id);
  return (
    <tr>
      <td data-head={say('articles.name')} className="kb-name">
        <Link to="/knowledge/articles/$articleId" params={{ articleId: article.id }} className="kb-link" dir="auto">{article.title}</Link>
        <span className="kb-under">{[category?.name, audienceName(article.audience, say), say('articles.views', { count: article.views })].filter(Boolean).join(' · ')}</span>
      </td>
      <td data-head={say('knowledge.status')}><StatusBadge article={article} /></td>
      <td data-head={say('articles.languages')}>
        <span className="chips">
          {article.translations.map((each) => (
            <span key={each.locale} title={each.source_changed ? say('articles.source_changed', { locale: languageName(each.locale, locale) }) : languageName(each.locale, locale)}>
              <Badge {...(each.source_changed ? { tone: 'warning' as const } : {})}>{each.locale}{each.source_changed ? ' !' : ''}</Badge>
            </span>
          ))}
        </span>
      </td>
      <td data-head={say('articles.helpful')}><Votes votes={article.votes} /></td>
      <td data-head={say('articles.changed')} className="kb-when"><time dateTime={article.updated_at} title={exact(article.updated_at)}>{ago(article.updated_at, now)}</time></td>
    </tr>
  );
}

function Found({ q }: { q: string }) {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['knowledge', 'found', q], queryFn: ({ signal }) => knowledge.find({ q, limit: 30 }, signal), placeholderData: keepPreviousData });
  useSettled(q);
  if (read.data?.items.length === 0) return <Empty icon={<SearchIcon size={28} strokeWidth={1.5} />} title={say('articles.not_found', { q })} text={say('articles.not_found_text')} />;
  return (
    <>
      <ReadState read={read} />
      <ul className="kb-found" aria-label={say('search.results', { q })} aria-busy={read.isFetching}>
        {read.data?.items.map((found) => <FoundRow key={found.id} found={found} />)}
      </ul>
    </>
  );
}

/** A question that stands for a while was meant, and is kept as one of an agent; keystrokes are not. */
function useSettled(q: string) {
  useEffect(() => {
    const timer = setTimeout(() => void knowledge.find({ q, limit: 30, settled: true }).catch(() => undefined), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [q]);
}

function FoundRow({ found }: { found: FoundArticle }) {
  return (
    <li>
      <Link to="/knowledge/articles/$articleId" params={{ articleId: found.id }} className="kb-link" dir="auto">{found.title}</Link>
      <SafeHtml className="kb-snippet" html={found.snippet} />
    </li>
  );
}
