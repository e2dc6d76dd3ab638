// The versions of a text: what changed between any two, and the way back to an older one.
import type { ArticleOut, VersionOut } from '@mainstay/api';
import { BackIcon, Badge, Button, Choose } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { knowledge } from '../../state/api';
import { useNow } from '../../state/clock';
import { useNameOf } from '../../state/people';
import { useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { foldDiff, type Piece } from './diff';
import { Votes } from './marks';
import { Ask, MoreButton, Page, ReadState, Table } from './page';
import { useArticle, useKeepArticle, usePages } from './reading';

export function VersionsPage() {
  const { articleId = '' } = useParams({ strict: false });
  const { locale } = useSearch({ strict: false });
  const read = useArticle(articleId);
  if (!read.data) return <div className="kb-page"><ReadState read={read} /></div>;
  return <Versions article={read.data} locale={locale ?? read.data.source_locale} />;
}

function Versions({ article, locale }: { article: ArticleOut; locale: string }) {
  const { say } = useWords();
  const read = usePages<VersionOut>(['versions', article.id, locale], (after) => knowledge.versions(article.id, locale, after));
  const versions = read.data ?? [];
  const state = article.translations.find((each) => each.locale === locale);
  const back = <Link to="/knowledge/articles/$articleId" params={{ articleId: article.id }} search={locale === article.source_locale ? {} : { locale }} className="button" data-look="plain" data-size="normal"><BackIcon size={14} aria-hidden="true" /> {say('versions.back')}</Link>;
  return (
    <Page title={say('versions.title', { title: state?.title ?? article.title })} action={back}>
      <ReadState read={read} />
      {versions.length === 1 ? <p className="soft">{say('versions.only')}</p> : null}
      {versions.length > 1 ? <Comparison key={versions[0]?.number} id={article.id} locale={locale} versions={versions} /> : null}
      {versions.length > 0 ? (
        <Table label={say('editor.versions')} heads={[say('editor.versions'), say('editor.note'), say('articles.helpful'), '']}>
          {versions.map((version) => <Row key={version.number} article={article} version={version} isNewest={version.number === state?.number} isLive={version.number === state?.live_number} />)}
        </Table>
      ) : null}
      <MoreButton read={read} />
    </Page>
  );
}

interface RowProps {
  article: ArticleOut;
  version: VersionOut;
  isNewest: boolean;
  isLive: boolean;
}

function Row({ article, version, isNewest, isLive }: RowProps) {
  const { say, ago, exact } = useWords();
  const now = useNow();
  const author = useAuthor(version);
  const mayWrite = useSession().rights.includes('knowledge:write');
  return (
    <tr>
      <td data-head={say('editor.versions')}>
        {say('versions.number', { number: version.number })} {isNewest ? <Badge>{say('versions.newest')}</Badge> : null} {isLive ? <Badge tone="good">{say('versions.live')}</Badge> : null}
        <span className="kb-under"><time dateTime={version.created_at} title={exact(version.created_at)}>{ago(version.created_at, now)}</time> {say('versions.by', { name: author })}</span>
      </td>
      <td data-head={say('editor.note')} dir="auto">{version.note ?? '–'}</td>
      <td data-head={say('articles.helpful')}><Votes votes={version.votes} /></td>
      <td className="cell-actions">{mayWrite && !isNewest ? <RollBack article={article} version={version} /> : null}</td>
    </tr>
  );
}

function useAuthor({ author_id: id, author_kind: kind }: VersionOut): string {
  const { say } = useWords();
  const nameOf = useNameOf();
  if (kind === 'token') return say('versions.program');
  return kind === 'house' ? say('versions.house') : (nameOf(id) ?? say('event.somebody'));
}

function RollBack({ article, version }: { article: ArticleOut; version: VersionOut }) {
  const { say } = useWords();
  const keepArticle = useKeepArticle();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const { number, locale } = version;
  const rollBack = async () => {
    keepArticle(await knowledge.rollBack(article, locale, number));
    toasts.show({ text: say('versions.rolled_back', { number }) });
    await navigate({ to: '/knowledge/articles/$articleId', params: { articleId: article.id }, search: locale === article.source_locale ? {} : { locale } });
  };
  const title = say('versions.roll_back_of', { number });
  return (
    <>
      <Button size="small" aria-label={title} onPress={() => setOpen(true)}>{say('versions.roll_back')}</Button>
      {isOpen ? <Ask title={title} submit={say('versions.roll_back')} onClose={() => setOpen(false)} send={rollBack}><p>{say('versions.roll_back_text')}</p></Ask> : null}
    </>
  );
}

function Comparison({ id, locale, versions }: { id: string; locale: string; versions: VersionOut[] }) {
  const { say } = useWords();
  const [from, setFrom] = useState(versions[1]?.number ?? 1);
  const [to, setTo] = useState(versions[0]?.number ?? 1);
  const read = useQuery({ queryKey: ['knowledge', 'diff', id, locale, from, to], queryFn: () => knowledge.diff(id, locale, from, to), staleTime: Infinity });
  const choices = versions.map(({ number }) => ({ id: String(number), label: say('versions.number', { number }) }));
  return (
    <section className="kb-block">
      <div className="kb-filters">
        <Choose label={say('versions.from')} value={String(from)} onChange={(number) => setFrom(Number(number))} choices={choices} />
        <Choose label={say('versions.to')} value={String(to)} onChange={(number) => setTo(Number(number))} choices={choices} />
      </div>
      <ReadState read={read} lines={3} />
      {read.data && read.data.from.title !== read.data.to.title ? <p><del className="diff-title" dir="auto">{read.data.from.title}</del> <ins className="diff-title" dir="auto">{read.data.to.title}</ins></p> : null}
      {read.data?.lines.every((line) => line.change === 'same') ? <p className="soft">{say('versions.same')}</p> : null}
      {read.data?.lines.some((line) => line.change !== 'same') ? (
        <div className="diff" role="group" tabIndex={0} aria-label={say('versions.diff', { from, to })}>
          {foldDiff(read.data.lines).map((piece) => <DiffPiece key={piece.at} piece={piece} />)}
        </div>
      ) : null}
    </section>
  );
}

function DiffPiece({ piece }: { piece: Piece }) {
  const { say } = useWords();
  if (piece.kind === 'gap') return <p className="diff-gap">{say('versions.unchanged', { count: piece.count })}</p>;
  const { change, text } = piece;
  const sign = change === 'added' ? '+' : change === 'removed' ? '−' : ' ';
  const heard = change === 'added' ? say('versions.added') : change === 'removed' ? say('versions.removed') : null;
  return (
    <p className="diff-line" data-change={change}>
      <span className="diff-sign" aria-hidden="true">{sign}</span>
      {heard ? <span className="only-heard">{heard} </span> : null}
      <span dir="auto">{text || ' '}</span>
    </p>
  );
}
