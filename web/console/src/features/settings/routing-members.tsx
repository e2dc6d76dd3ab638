// The members as routing sees them: whether they take tickets now, what they carry and can carry, what they can do, their shift.
import type { RoutedMemberOut, SkillOut } from '@mainstay/api';
import { Avatar, Button, CheckList, Choose, Field, Skeleton, Switch } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { routing } from '../../state/api';
import { useWords, type Key } from '../../words';
import { useCalendars } from './calendars';
import { FormDialog } from './form';
import { Block, PageTrouble, Table } from './frame';
import { isZone, ownZone, typed, useReread, useSkills } from './routing-reading';

export function RoutedMembers({ capacity }: { capacity: number }) {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['routing', 'members'], queryFn: routing.members });
  return (
    <Block title={say('routing.members')}>
      {read.isPending ? <Skeleton lines={4} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data ? (
        <Table label={say('routing.members')} heads={[say('routing.member'), say('routing.carries'), say('routing.skills'), say('routing.shifts'), '']}>
          {read.data.map((member) => <MemberRow key={member.member_id} member={member} capacity={capacity} />)}
        </Table>
      ) : null}
    </Block>
  );
}

function MemberRow({ member, capacity }: { member: RoutedMemberOut; capacity: number }) {
  const { say, moment } = useWords();
  const skills = useSkills();
  const [isOpen, setOpen] = useState(false);
  const named = member.skills.map(({ skill_id: id, level }) => `${skills.find((skill) => skill.id === id)?.name ?? id} ${level}`);
  const { shifts } = member;
  const shift = !shifts ? say('routing.any_hour') : shifts.is_on ? say('routing.on_shift') : shifts.next_start ? say('routing.off_shift', { time: moment(shifts.next_start) }) : '–';
  return (
    <tr>
      <td data-head={say('routing.member')}>
        <span className="person-cell">
          <Avatar name={member.name} />
          <span>
            <span dir="auto">{member.name}</span><br />
            <span className="soft"><span className="presence" data-state={member.availability} aria-hidden="true" /> {say(`availability.${member.availability}` as Key)}</span>
          </span>
        </span>
      </td>
      <td data-head={say('routing.carries')}>
        {member.is_routed ? (
          <span className="routing-load">
            <meter className="clock-bar" min={0} max={member.effective_capacity} value={member.carried} aria-label={say('routing.carries')} />
            <span className="number">{say('routing.carries_of', { carried: member.carried, capacity: member.effective_capacity })}</span>
          </span>
        ) : <span className="soft">{say('routing.not_routed')}</span>}
      </td>
      <td data-head={say('routing.skills')}>{named.join(', ') || '–'}</td>
      <td data-head={say('routing.shifts')}>{shift}</td>
      <td className="cell-actions">
        <Button size="small" onPress={() => setOpen(true)} aria-label={say('routing.edit_member', { name: member.name })}>{say('edit')}</Button>
        <MemberDialog member={member} capacity={capacity} skills={skills} isOpen={isOpen} onClose={() => setOpen(false)} />
      </td>
    </tr>
  );
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
/** When somebody takes tickets: at any hour, in hours of their own, in those of a calendar. */
const KINDS = ['any', 'own', 'calendar'];
const AVAILABILITIES = ['online', 'away', 'offline'];

function start(member: RoutedMemberOut) {
  const hours = member.shifts?.hours ?? [];
  return {
    capacity: String(member.capacity ?? ''),
    isRouted: member.is_routed,
    availability: String(member.availability),
    levels: Object.fromEntries(member.skills.map(({ skill_id: id, level }) => [id, level])) as Record<string, number>,
    kind: !member.shifts ? 'any' : member.shifts.calendar_id ? 'calendar' : 'own',
    calendar: member.shifts?.calendar_id ?? '',
    days: hours.length ? [...new Set(hours.map(({ day }) => day))] : DAYS.slice(0, 5),
    from: hours[0]?.from ?? '09:00',
    to: hours[0]?.to ?? '17:00',
    zone: member.shifts?.zone || ownZone(),
  };
}

type Form = ReturnType<typeof start>;

async function save(member: RoutedMemberOut, form: Form) {
  const { member_id: id } = member;
  await routing.setCapacity(id, typed(form.capacity), form.isRouted);
  await routing.setSkills(id, Object.entries(form.levels).filter(([, level]) => level > 0).map(([skill_id, level]) => ({ skill_id, level })));
  if (form.availability !== member.availability) await routing.setAvailability(id, form.availability);
  // Several hours a day are set through the API; a member who has them keeps them here.
  if (form.kind === 'any') await (member.shifts ? routing.clearShifts(id) : undefined);
  else if (form.kind === 'calendar') await routing.setShiftCalendar(id, form.calendar);
  else if (isSimple(member)) await routing.setShifts(id, form.zone, form.days.map((day) => ({ day, from: form.from, to: form.to })));
}

/** Whether every day of the week has the same hours, once. */
function isSimple({ shifts }: RoutedMemberOut): boolean {
  const hours = shifts?.hours ?? [];
  return new Set(hours.map(({ day }) => day)).size === hours.length && hours.every(({ from, to }) => from === hours[0]?.from && to === hours[0]?.to);
}

interface DialogProps {
  member: RoutedMemberOut;
  capacity: number;
  skills: SkillOut[];
  isOpen: boolean;
  onClose: () => void;
}

function MemberDialog({ member, capacity, skills, isOpen, onClose }: DialogProps) {
  const { say } = useWords();
  const reread = useReread();
  const [form, setForm] = useState(() => start(member));
  const set = (part: Partial<Form>) => setForm({ ...form, ...part });
  const send = async () => {
    await save(member, form);
    await reread();
  };
  const levels = [0, 1, 2, 3, 4, 5].map((level) => ({ id: String(level), label: level ? say('routing.level', { n: level }) : say('routing.cannot') }));
  return (
    <FormDialog
      title={say('routing.edit_member', { name: member.name })}
      submit={say('save')}
      isOpen={isOpen}
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Choose label={say('routing.available_of', { name: member.name })} value={form.availability} onChange={(availability) => set({ availability })} choices={AVAILABILITIES.map((id) => ({ id, label: say(`availability.${id}` as Key) }))} />
          <Switch label={say('routing.is_routed')} isOn={form.isRouted} onChange={(isRouted) => set({ isRouted })} />
          <Field label={say('routing.capacity')} help={say('routing.capacity_help', { n: capacity })} inputMode="numeric" value={form.capacity} onChange={(value) => set({ capacity: value })} error={problem?.fieldError('/capacity')} />
          {skills.map(({ id, name }) => (
            <Choose key={id} label={name} value={String(form.levels[id] ?? 0)} onChange={(level) => set({ levels: { ...form.levels, [id]: Number(level) } })} choices={levels} />
          ))}
          <Choose label={say('routing.shifts')} value={form.kind} onChange={(kind) => set({ kind })} choices={KINDS.map((id) => ({ id, label: say(`routing.shift_${id}` as Key) }))} />
          {form.kind === 'own' ? <Shifts form={form} set={set} error={(place) => problem?.fieldError(place)} /> : null}
          {form.kind === 'calendar' ? <ShiftCalendar form={form} set={set} error={problem?.fieldError('/calendar_id')} /> : null}
        </>
      )}
    />
  );
}

function ShiftCalendar({ form, set, error }: { form: Form; set: (part: Partial<Form>) => void; error: string | undefined }) {
  const { say } = useWords();
  const read = useCalendars();
  if (read.isPending) return <Skeleton lines={1} label={say('loading')} />;
  if (read.isError) return <PageTrouble error={read.error} onRetry={() => void read.refetch()} />;
  if (read.data.length === 0) return <p className="soft">{say('routing.no_calendars')}</p>;
  return (
    <>
      <Choose label={say('routing.shift_calendar')} value={form.calendar} onChange={(calendar) => set({ calendar })} choices={read.data.map(({ id, name }) => ({ id, label: name }))} />
      {error ? <p className="field-error" role="alert">{error}</p> : null}
    </>
  );
}

function Shifts({ form, set, error }: { form: Form; set: (part: Partial<Form>) => void; error: (place: string) => string | undefined }) {
  const { say } = useWords();
  const names = DAYS.map((day) => say(`weekday.${day}` as Key));
  const chosen = form.days.map((day) => names[DAYS.indexOf(day)] ?? day);
  const choose = (next: string[]) => set({ days: DAYS.filter((_, at) => next.includes(names[at] ?? '')) });
  return (
    <>
      <CheckList label={say('routing.shift_days')} choices={names} chosen={chosen} onChange={choose} />
      <Field label={say('routing.shift_from')} value={form.from} onChange={(from) => set({ from })} error={error('/hours/0/from') ?? error('/hours')} />
      <Field label={say('routing.shift_to')} value={form.to} onChange={(to) => set({ to })} error={error('/hours/0/to')} />
      <Field label={say('routing.zone')} value={form.zone} onChange={(zone) => set({ zone })} error={isZone(form.zone) ? error('/zone') : say('calendars.bad_zone')} />
    </>
  );
}
