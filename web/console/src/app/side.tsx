// The side: workspace, the pane's own content, and at the foot the member with their menu.
import { asProblem } from '@mainstay/api';
import { Avatar, Button, ChoiceMenu, InboxIcon, KeysIcon, KnowledgeIcon, LeaveIcon, PreferencesIcon, SettingsIcon, type MenuGroup } from '@mainstay/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Bell } from '../features/notices/bell';
import { api, queries } from '../state/api';
import { useTell } from '../state/problems';
import { useSession } from '../state/session';
import { toasts } from '../state/toasts';
import { useWords } from '../words';
import { LineState } from './line-state';
import { NextTicket } from './next';

export function Side({ children, onHelp }: { children: ReactNode; onHelp: () => void }) {
  const { workspace } = useSession();
  return (
    <div className="side">
      <p className="side-workspace" title={workspace.name}>
        <img src="/favicon.svg" alt="" width="20" height="20" /> <span dir="auto">{workspace.name}</span> <Bell />
      </p>
      <Areas />
      <NextTicket />
      <div className="side-body">{children}</div>
      <LineState />
      <MemberMenu onHelp={onHelp} />
    </div>
  );
}

/** From one area of the console to another. */
function Areas() {
  const { say } = useWords();
  const mayRead = useSession().rights.includes('knowledge:read');
  const { pathname } = useLocation();
  if (!mayRead) return null;
  const at = (area: string) => (pathname.startsWith(area) ? { 'aria-current': 'true' as const } : {});
  return (
    <nav className="areas" aria-label={say('area.label')}>
      <Link to="/inbox/$view" params={{ view: 'open' }} className="view-link" {...at('/inbox')} activeProps={at('/inbox')}>
        <span className="view-icon"><InboxIcon size={15} aria-hidden="true" /></span> {say('area.inbox')}
      </Link>
      <Link to="/knowledge/articles" className="view-link" {...at('/knowledge')} activeProps={at('/knowledge')}>
        <span className="view-icon"><KnowledgeIcon size={15} aria-hidden="true" /></span> {say('knowledge.title')}
      </Link>
    </nav>
  );
}

const AVAILABILITIES = ['online', 'away', 'offline'] as const;

function MemberMenu({ onHelp }: { onHelp: () => void }) {
  const { say } = useWords();
  const { member } = useSession();
  const act = useMemberActs(onHelp);
  const groups: MenuGroup[] = [
    {
      heading: say('availability.title'),
      choices: AVAILABILITIES.map((id) => ({
        id,
        label: say(`availability.${id}`),
        mark: <span className="presence" data-state={id} aria-hidden="true" />,
        end: member.availability === id ? '✓' : undefined,
      })),
    },
    {
      choices: [
        { id: 'settings', label: say('settings.title'), mark: <SettingsIcon size={14} aria-hidden="true" /> },
        { id: 'preferences', label: say('prefs.title'), mark: <PreferencesIcon size={14} aria-hidden="true" /> },
        { id: 'keys', label: say('keys.title'), mark: <KeysIcon size={14} aria-hidden="true" />, end: '?' },
        { id: 'leave', label: say('sign_out'), mark: <LeaveIcon size={14} aria-hidden="true" /> },
      ],
    },
  ];
  const state = AVAILABILITIES.find((id) => id === member.availability);
  return (
    <div className="side-member">
      <ChoiceMenu
        label={say('member.menu')}
        groups={groups}
        onChoose={act}
        trigger={
          <Button look="quiet" aria-label={say('member.menu_of', { name: member.name })}>
            <Avatar name={member.name} size="small" />
            <span className="side-name" dir="auto">{member.name}</span>
            {state ? <span className="presence" data-state={state} role="img" aria-label={say(`availability.${state}`)} /> : null}
          </Button>
        }
      />
    </div>
  );
}

function useMemberActs(onHelp: () => void): (id: string) => void {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const tell = useTell();
  const setAvailability = async (availability: string) => {
    try {
      await api.setAvailability(availability);
      await cache.invalidateQueries({ queryKey: ['session'] });
    } catch (thrown) {
      toasts.show({ tone: 'danger', text: tell(thrown).text });
    }
  };
  const leave = async () => {
    await api.signOut().catch((thrown: unknown) => asProblem(thrown));
    queries.clear();
    await navigate({ to: '/sign-in' });
  };
  return (id) => {
    if (id === 'leave') void leave();
    else if (id === 'keys') onHelp();
    else if (id === 'settings') void navigate({ to: '/settings/members' });
    else if (id === 'preferences') void navigate({ to: '/settings/preferences' });
    else void setAvailability(id);
  };
}
