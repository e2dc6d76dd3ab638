// Search over tickets: the field, and the results in place of the list. Answers while typing, keeps the last ones meanwhile.
import { SEARCH_LIMIT, type FoundTickets, type SearchHit } from '@mainstay/api';
import { Button, CloseIcon, Empty, IconButton, Key, SafeHtml, SearchIcon, Skeleton, StatusMark, Trouble } from '@mainstay/ui';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../state/api';
import { useNow } from '../../state/clock';
import { useStore } from '../../state/live';
import { useTell } from '../../state/problems';
import { useWords } from '../../words';
import { personName, statusName } from '../../words/names';
import './search.css';

const PAUSE_MS = 180;

/** The field; `onSearch` hears the words once the typing rests. */
export function SearchField({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const { say } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (text === q) return;
    const timer = setTimeout(() => onSearch(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, q, onSearch]);
  const clear = () => {
    setText('');
    onSearch('');
    input.current?.focus();
  };
  return (
    <div className="search-field" role="search">
      <SearchIcon size={15} aria-hidden="true" />
      <input
        id="search"
        ref={input}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        aria-label={say('search.label')}
        placeholder={say('search.placeholder')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onSearch(text);
          if (event.key !== 'Escape') return;
          if (text) clear();
          else input.current?.blur();
        }}
      />
      {text ? (
        <IconButton size="small" label={say('search.clear')} onPress={clear}>
          <CloseIcon size={14} />
        </IconButton>
      ) : (
        <Key>/</Key>
      )}
    </div>
  );
}

function useHits(q: string) {
  const store = useStore();
  return useInfiniteQuery({
    queryKey: ['search', q],
    initialPageParam: null as string | null,
    placeholderData: keepPreviousData,
    queryFn: async ({ pageParam, signal }) => {
      const page = await api.search(q, pageParam, signal);
      store.apply({ tickets: page.items.map((hit) => hit.ticket) });
      return page;
    },
    getNextPageParam: (last) => last.next,
  });
}

/** Whether a search found as many as it looks for, or ended before it was sure to have found all. */
export function endedEarly({ items, is_cut: isCut }: Pick<FoundTickets, 'items' | 'is_cut'>): boolean {
  return isCut || items.length >= SEARCH_LIMIT;
}

export function SearchResults({ q, chosen, onChoose }: { q: string; chosen: string | undefined; onChoose: (id: string) => void }) {
  const { say } = useWords();
  const tell = useTell();
  const read = useHits(q);
  const hits = read.data?.pages.flatMap((page) => page.items) ?? [];
  const mayBeMore = read.data?.pages.some(endedEarly) ?? false;
  if (read.isError) {
    return (
      <div className="list-state">
        <Trouble {...tell(read.error)} action={<Button onPress={() => void read.refetch()}>{say('try_again')}</Button>} />
      </div>
    );
  }
  if (read.isPending) return <div className="list-skeleton"><Skeleton lines={6} label={say('search.loading')} /></div>;
  if (hits.length === 0) {
    return <Empty icon={<SearchIcon size={28} strokeWidth={1.5} />} title={say('search.empty_title', { q })} text={say(mayBeMore ? 'search.cut' : 'search.empty_text')} />;
  }
  return (
    <div className="search-results" aria-busy={read.isFetching}>
      <ul aria-label={say('search.results', { q })}>
        {hits.map((hit) => (
          <Hit key={hit.ticket.id} hit={hit} isChosen={hit.ticket.id === chosen} onChoose={onChoose} />
        ))}
      </ul>
      {mayBeMore ? <p className="search-cut" role="status">{say('search.cut')}</p> : null}
      {read.hasNextPage ? <Button onPress={() => void read.fetchNextPage()}>{say('more')}</Button> : null}
    </div>
  );
}

function Hit({ hit, isChosen, onChoose }: { hit: SearchHit; isChosen: boolean; onChoose: (id: string) => void }) {
  const { say, ago, exact } = useWords();
  const now = useNow();
  const { ticket } = hit;
  return (
    <li>
      <button type="button" className="hit" aria-current={isChosen || undefined} onClick={() => onChoose(ticket.id)}>
        <span className="row-top">
          <StatusMark status={ticket.status} label={statusName(ticket, say)} />
          <span className="row-name" dir="auto">{personName(ticket.customer, say)}</span>
          <time className="row-time number" dateTime={ticket.opened_at} title={exact(ticket.opened_at)}>{ago(ticket.opened_at, now)}</time>
        </span>
        <span className="hit-subject" dir="auto">{ticket.subject}</span>
        <SafeHtml className="hit-snippet" html={hit.snippet} />
      </button>
    </li>
  );
}
