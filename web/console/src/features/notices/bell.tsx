// The bell: what the member was told, newest first, with how much of it is not read. It is read again whenever something happens live.
import type { NotificationOut } from '@mainstay/api';
import { BellIcon, Button, Dialog, DialogActions, Empty, Skeleton } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { automation } from '../../state/api';
import { useNow } from '../../state/clock';
import { useStore } from '../../state/live';
import { useWords } from '../../words';
import { noticeName } from '../../words/names';
import { PageTrouble } from './trouble';
import './notices.css';

/** Milliseconds after the last live change: a burst of changes is one look. */
const CALM_MS = 1_500;
const KEY = ['notifications'];

export function Bell() {
  const { say } = useWords();
  const [isOpen, setOpen] = useState(false);
  const read = useQuery({ queryKey: KEY, queryFn: () => automation.notifications(null), staleTime: 15_000, refetchInterval: 120_000 });
  useLiveLook();
  const unread = read.data?.unread ?? 0;
  return (
    <>
      <Button look="quiet" aria-label={unread > 0 ? say('notices.unread', { count: unread }) : say('notices.label')} onPress={() => setOpen(true)}>
        <BellIcon size={15} aria-hidden="true" />
        {unread > 0 ? <span className="bell-count number" aria-hidden="true">{unread > 99 ? '99+' : unread}</span> : null}
      </Button>
      <Dialog title={say('notices.label')} isOpen={isOpen} onClose={() => setOpen(false)}>
        {read.isPending ? <Skeleton lines={4} label={say('loading')} /> : null}
        {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
        {read.data?.items.length === 0 ? <Empty icon={<BellIcon size={28} strokeWidth={1.5} />} title={say('notices.none')} text={say('notices.none_text')} /> : null}
        <ul className="notices">{read.data?.items.map((notice) => <Notice key={notice.id} notice={notice} onLeave={() => setOpen(false)} />)}</ul>
        <Foot unread={unread} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Foot({ unread, onClose }: { unread: number; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const readAll = async () => {
    await automation.readNotifications({}).catch(() => undefined);
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <DialogActions>
      {unread > 0 ? <Button onPress={() => void readAll()}>{say('notices.read_all')}</Button> : null}
      <Button look="primary" onPress={onClose}>{say('done')}</Button>
    </DialogActions>
  );
}

function Notice({ notice, onLeave }: { notice: NotificationOut; onLeave: () => void }) {
  const { say, ago, exact } = useWords();
  const now = useNow();
  const queries = useQueryClient();
  const open = () => {
    onLeave();
    if (!notice.read_at) void automation.readNotification(notice.id).then(() => queries.invalidateQueries({ queryKey: KEY }), () => undefined);
  };
  return (
    <li>
      <Link to="/inbox/$view/$ticketId" params={{ view: 'open', ticketId: notice.ticket_id }} className="notice" data-unread={notice.read_at ? undefined : true} onClick={open}>
        <span className="notice-head">
          <span>{noticeName(notice.kind, say)}{notice.times > 1 ? ` ${say('notices.times', { count: notice.times })}` : ''}</span>
          <time className="number soft" dateTime={notice.told_at} title={exact(notice.told_at)}>{ago(notice.told_at, now)}</time>
        </span>
        <span className="notice-subject" dir="auto">#{notice.number} {notice.subject}</span>
        {notice.reason ? <span className="soft" dir="auto">{notice.reason}</span> : null}
      </Link>
    </li>
  );
}

/** Looks again a moment after something changed live. */
function useLiveLook(): void {
  const store = useStore();
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = store.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(() => void queries.invalidateQueries({ queryKey: KEY }), CALM_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store, queries]);
}
