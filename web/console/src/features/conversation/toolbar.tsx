// What can be done to the open ticket: status, priority, who takes care of it. One row, all reachable by key.
import type { TicketOut } from '@mainstay/api';
import {
  AssignIcon, Avatar, Button, ChoiceMenu, DownIcon, PeopleIcon, PriorityMark, ResolvedIcon, StatusMark, UnassignedIcon, type MenuGroup,
} from '@mainstay/ui';
import { useState } from 'react';
import { useKeys } from '../../state/keys';
import { useStatusNames } from '../../state/filed';
import { useMembers, useNameOf, useTeams } from '../../state/people';
import { isViewer, useSession } from '../../state/session';
import { useTicketVerbs } from '../../state/verbs';
import { useWords, type Say } from '../../words';
import { SnoozeMenu } from './snooze';
import { priorityName, statusName } from '../../words/names';

export function Toolbar({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  const session = useSession();
  const verbs = useTicketVerbs();
  const isSettled = ticket.status === 'resolved' || ticket.status === 'closed';
  const resolve = () => void (isSettled || verbs.resolve(ticket));
  useKeys(isViewer(session) ? {} : { e: resolve });
  if (isViewer(session)) return <p className="toolbar-note">{say('viewer.note')}</p>;
  return (
    <div className="toolbar" role="group" aria-label={say('ticket.tools')}>
      <StatusMenu ticket={ticket} />
      <AssignMenu ticket={ticket} />
      <PriorityMenu ticket={ticket} />
      {isSettled ? null : <SnoozeMenu ticket={ticket} />}
      {isSettled ? null : (
        <Button size="small" onPress={resolve}>
          <ResolvedIcon size={14} aria-hidden="true" /> {say('ticket.resolve')}
        </Button>
      )}
    </div>
  );
}

const STATUS_CHOICES: [string, string | null][] = [
  ['open', null], ['in_progress', null], ['pending', 'customer'], ['pending', 'third_party'], ['pending', 'internal'], ['resolved', null], ['closed', null],
];

function StatusMenu({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  const verbs = useTicketVerbs();
  const names = useStatusNames().filter((name) => !name.archived);
  const choices = STATUS_CHOICES.map(([status, waiting]) => ({
    id: `${status}/${waiting ?? ''}`,
    label: statusName({ status, waiting_on: waiting, status_name: names.find((name) => name.status === status && name.default)?.name ?? null }, say),
    mark: <StatusMark status={status} label="" />,
  }));
  const own = names.filter((name) => !name.default).map(({ id, name, status }) => ({ id: `name/${id}`, label: name, mark: <StatusMark status={status} label="" /> }));
  const choose = (id: string) => {
    const [status = '', waiting = ''] = id.split('/');
    const name = status === 'name' ? names.find((each) => each.id === waiting) : undefined;
    void (name ? verbs.setStatus(ticket, name.status, null, name) : verbs.setStatus(ticket, status, waiting || null));
  };
  const label = statusName(ticket, say);
  return (
    <ChoiceMenu
      label={say('ticket.status')}
      groups={own.length > 0 ? [{ choices }, { choices: own }] : [{ choices }]}
      onChoose={choose}
      trigger={
        <Button size="small" aria-label={say('ticket.status_is', { status: label })}>
          <StatusMark status={ticket.status} label="" /> {label} <DownIcon size={12} aria-hidden="true" />
        </Button>
      }
    />
  );
}

function PriorityMenu({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  const verbs = useTicketVerbs();
  const [isOpen, setOpen] = useState(false);
  useKeys({ p: () => setOpen(true) });
  const choices = ['urgent', 'high', 'normal', 'low'].map((priority) => ({
    id: priority,
    label: priorityName(priority, say),
    mark: <PriorityMark priority={priority} label="" />,
  }));
  const name = priorityName(ticket.priority, say);
  return (
    <ChoiceMenu
      label={say('ticket.priority')}
      groups={[{ choices }]}
      onChoose={(priority) => void verbs.setPriority(ticket, priority)}
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" aria-label={say('ticket.priority_is', { priority: name })}>
          <PriorityMark priority={ticket.priority} label="" /> {name} <DownIcon size={12} aria-hidden="true" />
        </Button>
      }
    />
  );
}

function AssignMenu({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  const verbs = useTicketVerbs();
  const nameOf = useNameOf();
  const groups = useAssignGroups(ticket, say);
  const [isOpen, setOpen] = useState(false);
  useKeys({ a: () => setOpen(true) });
  const choose = (id: string) => {
    if (id === 'nobody') return void verbs.unassign(ticket);
    const [kind, of] = id.split('/') as [string, string];
    void (kind === 'team' ? verbs.assignTeam(ticket, of) : verbs.assignMember(ticket, of));
  };
  const name = [nameOf(ticket.assignee_id), nameOf(ticket.team_id)].filter(Boolean).join(' · ');
  return (
    <ChoiceMenu
      label={say('ticket.assign')}
      groups={groups}
      onChoose={choose}
      search={say('ticket.assign_search')}
      nothing={say('ticket.assign_nobody')}
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" aria-label={say('ticket.assignee_is', { name: name || say('ticket.unassigned') })}>
          {ticket.assignee_id && name ? <Avatar name={name} size="small" /> : <AssignIcon size={14} aria-hidden="true" />}
          {name || say('ticket.assign')} <DownIcon size={12} aria-hidden="true" />
        </Button>
      }
    />
  );
}

function useAssignGroups(ticket: TicketOut, say: Say): MenuGroup[] {
  const { member } = useSession();
  const members = useMembers().filter((other) => other.active && other.id !== member.id && other.role !== 'viewer');
  const teams = useTeams();
  const me = { id: `member/${member.id}`, label: say('ticket.assign_me', { name: member.name }), mark: <Avatar name={member.name} size="small" /> };
  const nobody = { id: 'nobody', label: say('ticket.unassign'), mark: <UnassignedIcon size={14} aria-hidden="true" /> };
  const others = members.map(({ id, name, availability }) => ({
    id: `member/${id}`,
    label: name,
    mark: <Avatar name={name} size="small" />,
    end: availability === 'online' ? undefined : availability === 'away' ? say('availability.away') : say('availability.offline'),
  }));
  const groups: MenuGroup[] = [{ choices: ticket.assignee_id ? [me, nobody] : [me] }];
  if (others.length > 0) groups.push({ heading: say('ticket.members'), choices: others });
  if (teams.length > 0) {
    const mark = <PeopleIcon size={14} aria-hidden="true" />;
    groups.push({ heading: say('ticket.teams'), choices: teams.map(({ id, name }) => ({ id: `team/${id}`, label: name, mark })) });
  }
  return groups;
}
