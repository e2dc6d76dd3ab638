// What was held back instead of becoming a ticket: looked at, recovered, deleted; rules about senders; the filter.
import { asProblem, type ApiProblem, type HeldOut, type SpamSettingsOut } from '@mainstay/api';
import { Badge, Button, Choose, Empty, Field, Skeleton, SpamIcon, Switch } from '@mainstay/ui';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { filing } from '../../state/api';
import { tell } from '../../state/problems';
import { useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { causeName } from '../../words/names';
import { FormDialog } from './form';
import { Block, NoPermission, PageTrouble, SettingsPage } from './frame';
import { placed } from './rules/forms';
import { SenderRules } from './senders';
import { SpamTrial } from './spam-trial';

export function SpamPage() {
  const { say } = useWords();
  const { rights } = useSession();
  if (!rights.includes('tickets:delete')) return <NoPermission />;
  return (
    <SettingsPage title={say('spam.title')} text={say('spam.text')}>
      <Quarantine />
      {rights.includes('settings:read') ? <SenderRules mayWrite={rights.includes('settings:write')} /> : null}
      {rights.includes('settings:write') ? <Filter /> : null}
      {rights.includes('settings:read') ? <SpamTrial /> : null}
    </SettingsPage>
  );
}

function Quarantine() {
  const { say } = useWords();
  const [cause, setCause] = useState('');
  const counts = useQuery({ queryKey: ['spam', 'counts'], queryFn: filing.quarantineCounts });
  const read = useInfiniteQuery({
    queryKey: ['spam', 'held', cause],
    queryFn: ({ pageParam }) => filing.quarantine(cause, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const held = read.data?.pages.flatMap((page) => page.items) ?? [];
  const choices = [{ id: '', label: say('spam.all', { count: counts.data?.total ?? 0 }) }, ...(counts.data?.causes ?? []).map((each) => ({ id: each.cause, label: `${causeName(each.cause, say)} (${each.count})` }))];
  return (
    <>
      {counts.data && counts.data.causes.length > 1 ? <Choose label={say('spam.cause')} value={cause} onChange={setCause} choices={choices} /> : null}
      {read.isPending ? <Skeleton lines={4} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data && held.length === 0 ? <Empty icon={<SpamIcon size={28} strokeWidth={1.5} />} title={say('spam.none')} text={say('spam.none_text')} /> : null}
      <ul className="cards">{held.map((entry) => <Held key={entry.id} entry={entry} />)}</ul>
      {read.hasNextPage ? <Button isPending={read.isFetchingNextPage} onPress={() => void read.fetchNextPage()}>{say('more')}</Button> : null}
    </>
  );
}

function Held({ entry }: { entry: HeldOut }) {
  const { say, exact, day, locale } = useWords();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [isShown, setShown] = useState(false);
  const done = async (call: Promise<unknown>, text: string) => {
    try {
      await call;
      toasts.show({ text });
    } catch (thrown) {
      toasts.show({ tone: 'danger', text: tell(thrown, say).text });
    }
    await queries.invalidateQueries({ queryKey: ['spam'] });
  };
  const recover = (allow: boolean) => void done(filing.recover(entry.id, allow), say('spam.recovered', { number: String(entry.number) }));
  const percent = entry.score === null ? null : new Intl.NumberFormat(locale, { style: 'percent' }).format(entry.score);
  return (
    <li className="card">
      <header className="settings-head">
        <h3 dir="auto">{entry.subject}</h3>
        <Badge>{causeName(entry.cause, say)} {percent}</Badge>
      </header>
      <p className="soft">
        <span dir="auto">{entry.address ?? say('spam.anonymous')}</span> {entry.network ? <code>{entry.network}</code> : null} · <time dateTime={entry.received_at}>{exact(entry.received_at)}</time> · {say('spam.until', { ago: day(entry.purge_at) })}
        {entry.attachments > 0 ? ` · ${say('spam.files', { count: entry.attachments })}` : null}
      </p>
      <details className="held-body" onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary>{say('spam.show')}</summary>
        {isShown ? <Whole entry={entry} /> : null}
      </details>
      <div className="held-actions">
        <Button size="small" aria-label={say('spam.recover_of', { subject: entry.subject })} onPress={() => recover(false)}>{say('spam.recover')}</Button>
        <Button size="small" onPress={() => recover(true)}>{say('spam.recover_allow')}</Button>
        <Button size="small" aria-label={say('spam.delete_of', { subject: entry.subject })} onPress={() => setOpen(true)}>{say('spam.delete')}</Button>
      </div>
      <FormDialog
        title={say('spam.delete_of', { subject: entry.subject })}
        submit={say('spam.delete')}
        look="danger"
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        send={() => done(filing.removeHeld(entry.id), say('spam.deleted'))}
        fields={() => <p dir="auto">{entry.subject}</p>}
      />
    </li>
  );
}

/** All of a held message, as text, and which files came with it. */
function Whole({ entry }: { entry: HeldOut }) {
  const { say, bytes } = useWords();
  const read = useQuery({ queryKey: ['spam', 'held', 'whole', entry.id, entry.attachments], queryFn: () => filing.held(entry.id) });
  const files = read.data?.files ?? [];
  return (
    <>
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.data ? <pre dir="auto" tabIndex={0} aria-label={entry.subject}>{read.data.body}</pre> : null}
      {files.length > 0 ? (
        <ul aria-label={say('spam.files', { count: files.length })}>
          {placed(files).map(({ key, item: file }) => (
            <li key={key}><span dir="auto">{file.name}</span> <span className="soft">{file.content_type} · {bytes(file.size)}</span></li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

function Filter() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['spam', 'settings'], queryFn: filing.spamSettings });
  return (
    <Block title={say('spam.filter')} text={say('spam.filter_text')}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data ? <FilterForm key={read.data.version} settings={read.data} /> : null}
    </Block>
  );
}

function FilterForm({ settings }: { settings: SpamSettingsOut }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [perHour, setPerHour] = useState(String(settings.per_hour));
  const [percent, setPercent] = useState(String(Math.round(settings.threshold * 100)));
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const save = async (change: Partial<SpamSettingsOut>) => {
    setProblem(null);
    try {
      queries.setQueryData(['spam', 'settings'], await filing.setSpamSettings({ ...settings, ...change }));
    } catch (thrown) {
      const refused = asProblem(thrown);
      setProblem(refused);
      if (!refused.body.errors?.length) toasts.show({ tone: 'danger', text: tell(thrown, say).text });
    }
  };
  const isChanged = Number(perHour) !== settings.per_hour || Number(percent) / 100 !== settings.threshold;
  return (
    <div className="prefs">
      <Switch label={say('spam.filter_on')} isOn={settings.on} onChange={(on) => void save({ on })} />
      <Field label={say('spam.per_hour')} inputMode="numeric" value={perHour} onChange={setPerHour} error={problem?.fieldError('/per_hour')} />
      <Field label={say('spam.threshold')} inputMode="numeric" value={percent} onChange={setPercent} error={problem?.fieldError('/threshold')} />
      <Button isDisabled={!isChanged} onPress={() => void save({ per_hour: Number(perHour), threshold: Number(percent) / 100 })}>{say('save')}</Button>
      <p className="soft">{say('spam.learned', { spam: settings.spam_learned, fine: settings.fine_learned })}</p>
    </div>
  );
}
