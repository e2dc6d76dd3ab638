// The left pane: built-in views and statuses, each with its exact count.
import { AllIcon, InboxIcon, PersonIcon, PromiseIcon, StatusMark, UnassignedIcon } from '@mainstay/ui';
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { api } from '../../state/api';
import { useCounts, useStore } from '../../state/live';
import { useWords, type Key } from '../../words';
import './views.css';

const VIEWS: { slug: string; label: Key; icon: ReactNode }[] = [
  { slug: 'mine', label: 'view.mine', icon: <PersonIcon size={15} aria-hidden="true" /> },
  { slug: 'unassigned', label: 'view.unassigned', icon: <UnassignedIcon size={15} aria-hidden="true" /> },
  { slug: 'open', label: 'view.open', icon: <InboxIcon size={15} aria-hidden="true" /> },
  { slug: 'due', label: 'view.due', icon: <PromiseIcon size={15} aria-hidden="true" /> },
  { slug: 'all', label: 'view.all', icon: <AllIcon size={15} aria-hidden="true" /> },
];

const STATUSES: { status: string; label: Key }[] = [
  { status: 'open', label: 'status.open' },
  { status: 'in_progress', label: 'status.in_progress' },
  { status: 'pending', label: 'status.pending' },
  { status: 'resolved', label: 'status.resolved' },
  { status: 'closed', label: 'status.closed' },
];

/** The key of the catalogue that names a list. */
export function listName(slug: string): Key | null {
  const status = STATUSES.find((each) => `status-${each.status}` === slug);
  return status?.label ?? VIEWS.find((view) => view.slug === slug)?.label ?? null;
}

function useCountsRead() {
  const store = useStore();
  const read = useQuery({ queryKey: ['counts'], queryFn: api.counts, staleTime: 10_000 });
  useEffect(() => {
    if (read.data) store.apply({ counts: read.data });
  }, [read.data, store]);
  return useCounts();
}

export function Views({ onGo }: { onGo?: () => void }) {
  const { say } = useWords();
  const counts = useCountsRead();
  return (
    <nav aria-label={say('views.label')} className="views">
      <ul>
        {VIEWS.map((view) => (
          <ViewLink key={view.slug} slug={view.slug} label={say(view.label)} icon={view.icon} count={counts?.views[view.slug]} onGo={onGo} />
        ))}
      </ul>
      <h2 className="views-heading">{say('views.statuses')}</h2>
      <ul>
        {STATUSES.map(({ status, label }) => (
          <ViewLink
            key={status}
            slug={`status-${status}`}
            label={say(label)}
            icon={<StatusMark status={status} label="" />}
            count={counts?.statuses[status]}
            onGo={onGo}
          />
        ))}
      </ul>
    </nav>
  );
}

interface ViewLinkProps {
  slug: string;
  label: string;
  icon: ReactNode;
  count: number | undefined;
  onGo: (() => void) | undefined;
}

function ViewLink({ slug, label, icon, count, onGo }: ViewLinkProps) {
  const { count: format } = useWords();
  return (
    <li>
      <Link to="/inbox/$view" params={{ view: slug }} className="view-link" onClick={onGo} activeProps={{ 'aria-current': 'page' }}>
        <span className="view-icon">{icon}</span>
        <span className="view-label">{label}</span>
        <span className="view-count number">{count === undefined ? '' : format(count)}</span>
      </Link>
    </li>
  );
}
