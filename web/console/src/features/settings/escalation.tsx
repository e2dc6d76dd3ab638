// Escalation as it is set: the tiers in their order, and who is on call.
import type { RotaOut, Tier } from '@mainstay/api';
import { AddIcon, Badge, Button, Choose, CloseIcon, Field, IconButton, Skeleton } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { routing } from '../../state/api';
import { useMembers, useNameOf, useTeams } from '../../state/people';
import { tell } from '../../state/problems';
import { mayAdminister, useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords, type Key } from '../../words';
import { FormDialog } from './form';
import { Block, NoPermission, PageTrouble, SettingsPage, Table } from './frame';
import { isZone, ownZone, typed } from './routing-reading';

export function EscalationPage() {
  const { say } = useWords();
  if (!mayAdminister(useSession())) return <NoPermission />;
  return (
    <SettingsPage title={say('escalation.title')} text={say('escalation.text')}>
      <TiersBlock />
      <OnCallBlock />
    </SettingsPage>
  );
}

function useReread() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['escalation'] });
}

function TiersBlock() {
  const { say } = useWords();
  const reread = useReread();
  const read = useQuery({ queryKey: ['escalation', 'tiers'], queryFn: routing.tiers });
  const [open, setOpen] = useState<number | null>(null);
  const tiers = read.data ?? [];
  const remove = (at: number) => {
    routing.setTiers(tiers.filter((_, other) => other !== at)).then(reread, (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }));
  };
  const add = <Button size="small" onPress={() => setOpen(tiers.length)}><AddIcon size={14} aria-hidden="true" /> {say('escalation.add_tier')}</Button>;
  return (
    <Block title={say('escalation.tiers')} action={add}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data && tiers.length === 0 ? <p className="soft">{say('escalation.no_tiers')}</p> : null}
      {tiers.length > 0 ? (
        <Table label={say('escalation.tiers')} heads={['', say('escalation.tier_name'), say('escalation.gets'), say('escalation.minutes'), '']}>
          {tiers.map((tier, at) => <TierRow key={tier.name} tier={tier} number={at + 1} onEdit={() => setOpen(at)} onRemove={() => remove(at)} />)}
        </Table>
      ) : null}
      {open === null ? null : <TierDialog tiers={tiers} at={open} onClose={() => setOpen(null)} />}
    </Block>
  );
}

function TierRow({ tier, number, onEdit, onRemove }: { tier: Tier; number: number; onEdit: () => void; onRemove: () => void }) {
  const { say } = useWords();
  const nameOf = useNameOf();
  const onCall = useQuery({ queryKey: ['escalation', 'on_call'], queryFn: routing.onCall }).data?.on_call ?? null;
  return (
    <tr>
      <td className="number">{number}</td>
      <td data-head={say('escalation.tier_name')} dir="auto">{tier.name}</td>
      <td data-head={say('escalation.gets')}>{nameOf(tier.team_id) ?? '–'} {tier.on_call ? <Badge>{onCall ? say('escalation.on_call_is', { name: nameOf(onCall) ?? onCall }) : say('escalation.on_call')}</Badge> : null}</td>
      <td data-head={say('escalation.minutes')} className="number">{tier.due_within_minutes}</td>
      <td className="cell-actions">
        <Button size="small" onPress={onEdit} aria-label={say('escalation.edit_tier', { name: tier.name })}>{say('edit')}</Button>
        <Button size="small" onPress={onRemove} aria-label={say('escalation.remove_tier', { name: tier.name })}>{say('routing.remove')}</Button>
      </td>
    </tr>
  );
}

function TierDialog({ tiers, at, onClose }: { tiers: Tier[]; at: number; onClose: () => void }) {
  const { say } = useWords();
  const [teams, reread] = [useTeams(), useReread()];
  const now = tiers[at];
  const [form, setForm] = useState({
    name: now?.name ?? '', team: now?.team_id ?? teams[0]?.id ?? '', gets: now?.on_call ? 'on_call' : 'team', minutes: String(now?.due_within_minutes ?? 60), late: now?.climbs ? 'climbs' : 'stays',
  });
  const set = (field: keyof typeof form) => (value: string) => setForm({ ...form, [field]: value });
  const send = async () => {
    const tier = { name: form.name, team_id: form.team, on_call: form.gets === 'on_call', due_within_minutes: typed(form.minutes) ?? 0, climbs: form.late === 'climbs' };
    await routing.setTiers([...tiers.slice(0, at), tier, ...tiers.slice(at + 1)]);
    await reread();
  };
  return (
    <FormDialog
      title={now ? say('escalation.edit_tier', { name: now.name }) : say('escalation.add_tier')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Field label={say('escalation.tier_name')} isRequired autoFocus value={form.name} onChange={set('name')} error={problem?.fieldError(`/tiers/${at}/name`)} />
          <Choose label={say('routing.team')} value={form.team} onChange={set('team')} choices={teams.map(({ id, name }) => ({ id, label: name }))} />
          <Choose label={say('escalation.gets')} value={form.gets} onChange={set('gets')} choices={[{ id: 'team', label: say('escalation.gets_team') }, { id: 'on_call', label: say('escalation.gets_on_call') }]} />
          <Field label={say('escalation.minutes')} inputMode="numeric" value={form.minutes} onChange={set('minutes')} error={problem?.fieldError(`/tiers/${at}/due_within_minutes`)} />
          <Choose label={say('escalation.late')} value={form.late} onChange={set('late')} choices={[{ id: 'stays', label: say('escalation.stays') }, { id: 'climbs', label: say('escalation.climbs') }]} />
        </>
      )}
    />
  );
}

function OnCallBlock() {
  const { say, moment } = useWords();
  const nameOf = useNameOf();
  const read = useQuery({ queryKey: ['escalation', 'on_call'], queryFn: routing.onCall });
  const [isOpen, setOpen] = useState(false);
  const rota = read.data;
  const edit = <Button size="small" onPress={() => setOpen(true)}>{say('edit')}</Button>;
  return (
    <Block title={say('escalation.on_call')} action={rota ? edit : null}>
      {read.isPending ? <Skeleton lines={2} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {rota && !rota.is_set ? <p className="soft">{say('escalation.no_rota')}</p> : null}
      {rota?.on_call && rota.next_handover ? (
        <p>{say('escalation.on_call_now', { name: nameOf(rota.on_call) ?? rota.on_call, time: moment(rota.next_handover), next: nameOf(rota.next_on_call) ?? '–' })}</p>
      ) : null}
      {rota && isOpen ? <RotaDialog rota={rota} onClose={() => setOpen(false)} /> : null}
    </Block>
  );
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function RotaDialog({ rota, onClose }: { rota: RotaOut; onClose: () => void }) {
  const { say } = useWords();
  const [everybody, nameOf, reread] = [useMembers().filter((member) => member.active), useNameOf(), useReread()];
  const [form, setForm] = useState({
    members: rota.members, day: rota.handover_day ?? 'monday', at: rota.handover_at ?? '09:00', zone: rota.zone ?? ownZone(), next: '',
  });
  const send = async () => {
    if (form.members.length === 0 && rota.is_set) await routing.clearOnCall();
    else await routing.setOnCall({ members: form.members, handover_day: form.day, handover_at: form.at, zone: form.zone });
    await reread();
  };
  const add = (id: string) => id && setForm({ ...form, members: [...form.members, id], next: '' });
  const others = everybody.filter((member) => !form.members.includes(member.id)).map(({ id, name }) => ({ id, label: name }));
  return (
    <FormDialog
      title={say('escalation.edit_rota')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <p className="field-label">{say('escalation.rota_members')}</p>
          <ol className="routing-order">
            {form.members.map((id) => (
              <li key={id}>
                <span dir="auto">{nameOf(id) ?? id}</span>
                <IconButton label={`${say('routing.remove')}: ${nameOf(id) ?? id}`} onPress={() => setForm({ ...form, members: form.members.filter((other) => other !== id) })}><CloseIcon size={12} aria-hidden="true" /></IconButton>
              </li>
            ))}
          </ol>
          {problem?.fieldError('/members') ? <p className="field-error">{problem.fieldError('/members')}</p> : null}
          {others.length > 0 ? <Choose label={say('escalation.rota_add')} value={form.next} onChange={add} choices={others} /> : null}
          <Choose label={say('escalation.handover_day')} value={form.day} onChange={(day) => setForm({ ...form, day })} choices={DAYS.map((id) => ({ id, label: say(`weekday.${id}` as Key) }))} />
          <Field label={say('escalation.handover_at')} value={form.at} onChange={(at) => setForm({ ...form, at })} error={problem?.fieldError('/handover_at')} />
          <Field label={say('routing.zone')} value={form.zone} onChange={(zone) => setForm({ ...form, zone })} error={isZone(form.zone) ? problem?.fieldError('/zone') : say('calendars.bad_zone')} />
        </>
      )}
    />
  );
}
