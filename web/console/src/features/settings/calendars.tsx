// The calendars: when each is open, and a dialog in which hours and holidays are typed as text.
import { ApiProblem, type CalendarDefinition, type CalendarOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Field, Skeleton, Switch } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ChangeEvent } from 'react';
import { promises } from '../../state/api';
import { tell } from '../../state/problems';
import { toasts } from '../../state/toasts';
import { useWords, type Key, type Say } from '../../words';
import { DAYS, holidayLine, readText, textOf, type CalendarText } from './calendar-text';
import { FormDialog } from './form';
import { Block, PageTrouble, Table } from './frame';
import { isZone, ownZone } from './routing-reading';

export const useCalendars = () => useQuery({ queryKey: ['calendars'], queryFn: promises.calendars });

export function CalendarsBlock() {
  const { say } = useWords();
  const read = useCalendars();
  const [isAdding, setAdding] = useState(false);
  const add = <Button size="small" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('calendars.add')}</Button>;
  return (
    <Block title={say('calendars.title')} text={say('calendars.text')} action={add}>
      {read.isPending ? <Skeleton lines={2} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <p className="soft">{say('calendars.none')}</p> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('calendars.title')} heads={[say('sla.name'), say('calendars.zone'), '', '']}>
          {read.data.map((calendar) => <CalendarRow key={calendar.id} calendar={calendar} />)}
        </Table>
      ) : null}
      {isAdding ? <CalendarDialog calendar={null} onClose={() => setAdding(false)} /> : null}
    </Block>
  );
}

function CalendarRow({ calendar }: { calendar: CalendarOut }) {
  const { say, moment } = useWords();
  const [isOpen, setOpen] = useState(false);
  const opening = useQuery({ queryKey: ['opening', calendar.id, calendar.version], queryFn: () => promises.opening(calendar.id), refetchInterval: 60_000 }).data;
  const state = (at: string | null | undefined, key: Key) => (at ? say(key, { time: moment(at) }) : say('calendars.open'));
  return (
    <tr>
      <td data-head={say('sla.name')} dir="auto">{calendar.name}</td>
      <td data-head={say('calendars.zone')}>{calendar.definition.zone}</td>
      <td>{opening ? <Badge {...(opening.is_open ? { tone: 'good' as const } : {})}>{opening.is_open ? state(opening.closes_at, 'calendars.open_until') : state(opening.opens_at, 'calendars.closed_until')}</Badge> : null}</td>
      <td className="cell-actions">
        <Button size="small" onPress={() => setOpen(true)} aria-label={say('calendars.edit', { name: calendar.name })}>{say('edit')}</Button>
        {isOpen ? <CalendarDialog calendar={calendar} onClose={() => setOpen(false)} /> : null}
      </td>
    </tr>
  );
}

/** Places whose mistakes are said at their own field. */
const OWN_PLACES = new Set(['/name', '/zone', '/definition/zone']);

/** The place of a mistake in words: the day, or the line of a holiday. */
function placeOf(pointer: string, definition: CalendarDefinition, say: Say): string {
  const [part, at] = pointer.replace('/definition', '').split('/').slice(1);
  const index = Number(at);
  const day = part === 'week' ? definition.week[index]?.day : undefined;
  if (day) return `${say(`day.${day as (typeof DAYS)[number]}`)}:`;
  const holiday = part === 'holidays' ? definition.holidays[index] : undefined;
  if (holiday) return `${say('calendars.holidays')}, ${holiday.date}:`;
  const extra = part === 'extra' ? definition.extra[index] : undefined;
  return extra ? `${say('calendars.extra')}, ${extra.date}:` : '';
}

const WORKDAYS = new Set(['monday', 'tuesday', 'wednesday', 'thursday', 'friday']);
const fresh = (): CalendarText => ({
  zone: ownZone(),
  always: false,
  hours: Object.fromEntries(DAYS.map((day) => [day, WORKDAYS.has(day) ? '09:00-17:00' : ''])),
  holidays: '',
  extra: '',
});

function CalendarDialog({ calendar, onClose }: { calendar: CalendarOut | null; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [name, setName] = useState(calendar?.name ?? '');
  const [text, setText] = useState(calendar ? textOf(calendar.definition) : fresh());
  const set = (change: Partial<CalendarText>) => setText((before) => ({ ...before, ...change }));
  const { definition, bad } = readText(text);
  const first = bad[0];
  const isEmpty = !text.always && first === undefined && definition.week.length === 0 && definition.extra.length === 0;
  const badWords = first ? (first.day ? say('calendars.bad_hours', { day: say(`day.${first.day}`), text: first.text }) : say('calendars.bad_line', { line: first.line, text: first.text })) : null;
  const send = async () => {
    // What is not understood would else be left out without a word.
    if (badWords) throw new ApiProblem(422, { code: 'bad_line', detail: badWords });
    if (calendar) await promises.changeCalendar(calendar, name, definition);
    else await promises.addCalendar(name, definition);
    await Promise.all([queries.invalidateQueries({ queryKey: ['calendars'] }), queries.invalidateQueries({ queryKey: ['opening'] })]);
  };
  const readFile = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (!file) return;
    const done = async () => {
      const found = await promises.readHolidays(await file.text());
      set({ holidays: [text.holidays.trim(), ...found.map(holidayLine)].filter(Boolean).join('\n') });
    };
    done().catch((thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }));
  };
  return (
    <FormDialog
      title={calendar ? say('calendars.edit', { name: calendar.name }) : say('calendars.add')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Field label={say('sla.name')} isRequired autoFocus value={name} onChange={setName} error={problem?.fieldError('/name')} />
          <Field label={say('calendars.zone')} isRequired value={text.zone} onChange={(zone) => set({ zone })} error={isZone(text.zone) ? (problem?.fieldError('/zone') ?? problem?.fieldError('/definition/zone')) : say('calendars.bad_zone')} help={say('calendars.zone_help')} />
          <Switch label={say('calendars.always')} isOn={text.always} onChange={(always) => set({ always })} />
          {text.always ? null : (
            <>
              <div className="calendar-week">
                {DAYS.map((day) => (
                  <Field key={day} label={say('calendars.hours_of', { day: say(`day.${day}`) })} value={text.hours[day] ?? ''} onChange={(hours) => set({ hours: { ...text.hours, [day]: hours } })} />
                ))}
              </div>
              <p className="field-help">{say('calendars.hours_help')}</p>
              <Field label={say('calendars.holidays')} rows={4} isCode value={text.holidays} onChange={(holidays) => set({ holidays })} help={say('calendars.holidays_help')} />
              <label className="field">
                <span className="field-label">{say('calendars.import')}</span>
                <input type="file" accept=".ics,text/calendar" onChange={readFile} />
              </label>
              <Field label={say('calendars.extra')} rows={2} isCode value={text.extra} onChange={(extra) => set({ extra })} help={say('calendars.extra_help')} />
            </>
          )}
          {badWords ? <p className="field-error" role="status">{badWords}</p> : null}
          {isEmpty ? <p className="field-error" role="status">{say('calendars.no_time')}</p> : null}
          {(problem?.body.errors ?? []).filter(({ pointer }) => !OWN_PLACES.has(pointer)).map((field) => <p key={field.pointer + field.code} className="field-error" role="alert">{placeOf(field.pointer, definition, say)} {field.message}</p>)}
        </>
      )}
    />
  );
}
