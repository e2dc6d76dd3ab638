// The search tester: what a reader would find, and for every hit where each leg put it and how both were weighed.
import type { FoundArticle, ReadingOut } from '@mainstay/api';
import { Badge, Choose, Empty, SafeHtml, TesterIcon } from '@mainstay/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { knowledge } from '../../state/api';
import { useKeys } from '../../state/keys';
import { useWords } from '../../words';
import { IndexState } from './index-state';
import { Page, ReadState } from './page';
import { AUDIENCES, audienceName, languageName, LOCALES, percent } from './words';

interface Question {
  q?: string;
  audience?: string;
  locale?: string;
}

const PAUSE_MS = 250;

export function TesterPage() {
  const { say, locale: spoken } = useWords();
  const asked: Question = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = (change: Question) => {
    const next = Object.fromEntries(Object.entries({ ...asked, ...change }).filter(([, value]) => value));
    void navigate({ to: '/knowledge/search', search: next, replace: true });
  };
  useKeys({ '/': () => document.getElementById('kb-question')?.focus() });
  const languages = [{ id: '', label: say('tester.any_language') }, ...LOCALES.map((id) => ({ id, label: languageName(id, spoken) }))];
  return (
    <Page title={say('tester.title')} text={say('tester.text')}>
      <div className="kb-filters" role="search">
        <QuestionField q={asked.q ?? ''} onAsk={(q) => set({ q })} />
        <Choose label={say('tester.as')} value={asked.audience ?? 'customer'} onChange={(audience) => set({ audience })} choices={AUDIENCES.map((id) => ({ id, label: audienceName(id, say) }))} />
        <Choose label={say('knowledge.language')} value={asked.locale ?? ''} onChange={(locale) => set({ locale })} choices={languages} />
      </div>
      {asked.q ? <Answer q={asked.q} audience={asked.audience ?? 'customer'} locale={asked.locale} /> : <Empty icon={<TesterIcon size={28} strokeWidth={1.5} />} title={say('tester.empty')} text={say('tester.empty_text')} />}
      <IndexState />
    </Page>
  );
}

function QuestionField({ q, onAsk }: { q: string; onAsk: (q: string) => void }) {
  const { say } = useWords();
  const [text, setText] = useState(q);
  useEffect(() => {
    if (text === q) return;
    const timer = setTimeout(() => onAsk(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, q, onAsk]);
  return (
    <label className="field kb-search">
      <span className="field-label">{say('tester.question')}</span>
      <input id="kb-question" className="field-input" type="search" autoComplete="off" dir="auto" autoFocus placeholder={say('tester.placeholder')} value={text} onChange={(event) => setText(event.target.value)} />
    </label>
  );
}

function Answer({ q, audience, locale }: { q: string; audience: string; locale: string | undefined }) {
  const { say } = useWords();
  const question = { q, audience, reader_locale: locale, explain: true, limit: 20 };
  const read = useQuery({
    queryKey: ['knowledge', 'tested', question],
    queryFn: ({ signal }) => knowledge.find(question, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  if (!read.data) return <ReadState read={read} />;
  const { items, reading } = read.data;
  return (
    <div className="tester" aria-busy={read.isFetching}>
      {reading ? <Reading reading={reading} /> : null}
      {items.length === 0 ? <Empty title={say('tester.nothing')} text={say('tester.nothing_text')} /> : null}
      {items.length > 0 ? (
        <ol className="tester-hits" aria-label={say('tester.results')}>
          {items.map((hit, at) => <Hit key={hit.id} hit={hit} rank={at + 1} />)}
        </ol>
      ) : null}
    </div>
  );
}

function Reading({ reading }: { reading: ReadingOut }) {
  const { say, count, locale } = useWords();
  const facts: [string, string][] = [
    [say('tester.terms'), count(reading.terms)],
    [say('tester.codes'), count(reading.codes)],
    [say('tester.coverage'), percent(reading.coverage, locale)],
    [say('tester.closeness'), figure(reading.closeness)],
    [say('tester.agreement'), percent(reading.agreement, locale)],
  ];
  return (
    <section className="tester-reading" aria-label={say('tester.reading')}>
      <div className="tester-weight">
        <span>{say('tester.words')}</span>
        <svg className="kb-interval" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={`${say('tester.weight')}: ${percent(reading.weight, locale)}`}>
          <rect className="kb-interval-ground" width="100" height="6" />
          <rect className="kb-interval-range" x={100 - reading.weight * 100} width={reading.weight * 100} height="6" />
        </svg>
        <span>{say('tester.meaning')} <strong className="number">{percent(reading.weight, locale)}</strong></span>
      </div>
      {reading.why ? <p><span className="soft">{say('tester.why')}:</span> {reading.why}</p> : null}
      <dl className="tester-facts">
        {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="number">{value}</dd></div>)}
      </dl>
    </section>
  );
}

const figure = (value: number): string => value.toFixed(3);

function Hit({ hit, rank }: { hit: FoundArticle; rank: number }) {
  const { say } = useWords();
  const { explain } = hit;
  return (
    <li className="tester-hit">
      <span className="tester-rank number" aria-hidden="true">{rank}</span>
      <div className="tester-found">
        <Link to="/knowledge/articles/$articleId" params={{ articleId: hit.id }} className="kb-link" dir="auto">{hit.title}</Link> <Badge>{hit.locale}</Badge>
        <SafeHtml className="kb-snippet" html={hit.snippet} />
      </div>
      <dl className="tester-legs">
        <Leg name={say('tester.score')} text={figure(hit.score)} />
        <Leg name={say('tester.words')} text={explain?.words ? `${say('tester.leg', { rank: explain.words.rank })} · ${figure(explain.words.score)}` : say('tester.not_in_leg')} />
        <Leg name={say('tester.meaning')} text={explain?.meaning ? `${say('tester.leg', { rank: explain.meaning.rank })} · ${figure(explain.meaning.score)}` : say('tester.not_in_leg')} />
      </dl>
    </li>
  );
}

function Leg({ name, text }: { name: string; text: string }) {
  return <div><dt>{name}</dt><dd className="number">{text}</dd></div>;
}
