// Routing as it is set: how each team shares its tickets, the rules, the members, the skills, what holds for everybody.
import type { RoutingOut, TeamQueueOut } from '@mainstay/api';
import { Badge, Button, Choose, Field, Skeleton } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { routing } from '../../state/api';
import { useNow } from '../../state/clock';
import { useNameOf, useTeams } from '../../state/people';
import { mayAdminister, useSession } from '../../state/session';
import { useWords, type Key } from '../../words';
import { channelName } from '../../words/names';
import { FormDialog } from './form';
import { Block, NoPermission, PageTrouble, SettingsPage, Table } from './frame';
import { RoutedMembers } from './routing-members';
import { typed, useReread } from './routing-reading';
import { RoutingRules } from './routing-rules';
import { SkillsBlock } from './routing-skills';

export function RoutingPage() {
  const { say } = useWords();
  const isAdmin = mayAdminister(useSession());
  const read = useQuery({ queryKey: ['routing', 'general'], queryFn: routing.routing, enabled: isAdmin });
  if (!isAdmin) return <NoPermission />;
  return (
    <SettingsPage title={say('routing.title')} text={say('routing.text')}>
      {read.isPending ? <Skeleton lines={6} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data ? (
        <>
          {read.data.is_set_up ? null : <p className="settings-text">{say('routing.not_set_up')}</p>}
          <TeamsBlock teams={read.data.teams} />
          <RoutingRules />
          <RoutedMembers capacity={read.data.default_capacity} />
          <SkillsBlock />
          <GeneralBlock routing={read.data} />
        </>
      ) : null}
    </SettingsPage>
  );
}

function TeamsBlock({ teams }: { teams: TeamQueueOut[] }) {
  const { say } = useWords();
  return (
    <Block title={say('routing.teams')}>
      {teams.length === 0 ? <p className="soft">{say('routing.no_teams')}</p> : (
        <Table label={say('routing.teams')} heads={[say('routing.team'), say('routing.strategy'), say('routing.queue'), '']}>
          {teams.map((team) => <TeamRow key={team.team_id} team={team} />)}
        </Table>
      )}
    </Block>
  );
}

function TeamRow({ team }: { team: TeamQueueOut }) {
  const { say, ago } = useWords();
  const now = useNow();
  const name = useNameOf()(team.team_id) ?? team.team_id;
  const [isOpen, setOpen] = useState(false);
  return (
    <tr>
      <td data-head={say('routing.team')} dir="auto">{name}</td>
      <td data-head={say('routing.strategy')}>{say(`strategy.${team.strategy}` as Key)}</td>
      <td data-head={say('routing.queue')} className="number">
        {team.waiting > 999 ? '1,000+' : team.waiting}
        {team.waiting_since ? <span className="soft"> {say('routing.since', { time: ago(team.waiting_since, now) })}</span> : null}
      </td>
      <td className="cell-actions">
        <Button size="small" onPress={() => setOpen(true)} aria-label={say('routing.edit_team', { name })}>{say('edit')}</Button>
        <TeamDialog team={team} name={name} isOpen={isOpen} onClose={() => setOpen(false)} />
      </td>
    </tr>
  );
}

const STRATEGIES = ['manual', 'round_robin', 'least_loaded'];
const STICKY = ['none', 'last_agent', 'owner', 'last_agent_then_owner'];

function TeamDialog({ team, name, isOpen, onClose }: { team: TeamQueueOut; name: string; isOpen: boolean; onClose: () => void }) {
  const { say } = useWords();
  const reread = useReread();
  const [form, setForm] = useState({ strategy: String(team.strategy), sticky: String(team.sticky), accept: String(team.accept_within_seconds ?? '') });
  const set = (field: keyof typeof form) => (value: string) => setForm({ ...form, [field]: value });
  const send = async () => {
    await routing.setTeam(team.team_id, { strategy: form.strategy, sticky: form.sticky, accept_within_seconds: typed(form.accept) });
    await reread();
  };
  return (
    <FormDialog
      title={say('routing.edit_team', { name })}
      submit={say('save')}
      isOpen={isOpen}
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Choose label={say('routing.strategy')} value={form.strategy} onChange={set('strategy')} choices={STRATEGIES.map((id) => ({ id, label: say(`strategy.${id}` as Key) }))} />
          {form.strategy === 'manual' ? null : (
            <>
              <Choose label={say('routing.sticky')} value={form.sticky} onChange={set('sticky')} choices={STICKY.map((id) => ({ id, label: say(`sticky.${id}` as Key) }))} />
              <Field label={say('routing.accept')} help={say('routing.accept_help')} inputMode="numeric" value={form.accept} onChange={set('accept')} error={problem?.fieldError('/accept_within_seconds')} />
            </>
          )}
        </>
      )}
    />
  );
}

const CHANNELS = ['email', 'widget', 'form', 'api', 'chat', 'phone'] as const;

function GeneralBlock({ routing: now }: { routing: RoutingOut }) {
  const { say } = useWords();
  const nameOf = useNameOf();
  const [isOpen, setOpen] = useState(false);
  const edit = <Button size="small" onPress={() => setOpen(true)}>{say('edit')}</Button>;
  return (
    <Block title={say('routing.general')} text={say('routing.general_text')} action={edit}>
      <p>{say('routing.default_team')}: {nameOf(now.default_team_id) ?? say('routing.none')} · {say('routing.default_capacity')}: <span className="number">{now.default_capacity}</span></p>
      <ul className="chips">
        {CHANNELS.map((channel) => <li key={channel}><Badge>{channelName(channel, say)} {now.weights[channel]}</Badge></li>)}
      </ul>
      <GeneralDialog routing={now} isOpen={isOpen} onClose={() => setOpen(false)} />
    </Block>
  );
}

function GeneralDialog({ routing: now, isOpen, onClose }: { routing: RoutingOut; isOpen: boolean; onClose: () => void }) {
  const { say } = useWords();
  const teams = useTeams();
  const reread = useReread();
  const [form, setForm] = useState({ team: now.default_team_id ?? '', capacity: String(now.default_capacity), minutes: String(now.return_minutes), weights: now.weights });
  const send = async () => {
    const body = { weights: form.weights, default_capacity: typed(form.capacity) ?? 0, default_team_id: form.team || null, return_minutes: typed(form.minutes) ?? 0 };
    await routing.set(body);
    await reread();
  };
  const choices = [{ id: '', label: say('routing.none') }, ...teams.map(({ id, name }) => ({ id, label: name }))];
  return (
    <FormDialog
      title={say('routing.general')}
      submit={say('save')}
      isOpen={isOpen}
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Choose label={say('routing.default_team')} value={form.team} onChange={(team) => setForm({ ...form, team })} choices={choices} />
          <Field label={say('routing.default_capacity')} inputMode="numeric" value={form.capacity} onChange={(capacity) => setForm({ ...form, capacity })} error={problem?.fieldError('/default_capacity')} />
          <Field label={say('routing.return_minutes')} inputMode="numeric" value={form.minutes} onChange={(minutes) => setForm({ ...form, minutes })} error={problem?.fieldError('/return_minutes')} />
          <div className="routing-weights">
            {CHANNELS.map((channel) => (
              <Field
                key={channel}
                label={say('routing.weight_of', { channel: channelName(channel, say) })}
                inputMode="numeric"
                value={String(form.weights[channel])}
                onChange={(value) => setForm({ ...form, weights: { ...form.weights, [channel]: typed(value) ?? 0 } })}
                error={problem?.fieldError(`/weights/${channel}`)}
              />
            ))}
          </div>
        </>
      )}
    />
  );
}
