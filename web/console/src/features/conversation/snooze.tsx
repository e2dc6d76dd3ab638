// Snoozing the open ticket: a few times to choose from, by the key z, and waking it.
import type { TicketOut } from '@mainstay/api';
import { Button, ChoiceMenu, SnoozeIcon, type MenuGroup } from '@mainstay/ui';
import { useState } from 'react';
import { automation } from '../../state/api';
import { useKeys } from '../../state/keys';
import { useStore } from '../../state/live';
import { useTell } from '../../state/problems';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { SNOOZES, snoozeUntil, type Snooze } from './snoozes';

export function SnoozeMenu({ ticket }: { ticket: TicketOut }) {
  const { say, moment } = useWords();
  const store = useStore();
  const tell = useTell();
  const [isOpen, setOpen] = useState(false);
  useKeys({ z: () => setOpen(true) });
  const choose = async (id: string) => {
    try {
      const changed = id === 'wake' ? await automation.wake(ticket.id) : await automation.snooze(ticket.id, snoozeUntil(id as Snooze, new Date()).toISOString());
      store.apply({ tickets: [changed] });
      if (changed.snoozed_until) toasts.show({ text: say('snooze.done', { time: moment(changed.snoozed_until) }) });
    } catch (thrown) {
      const told = tell(thrown);
      toasts.show({ tone: 'danger', text: [told.text, told.reference].filter(Boolean).join(' ') });
    }
  };
  const times: MenuGroup = { choices: SNOOZES.map((id) => ({ id, label: say(`snooze.${id}`), end: moment(snoozeUntil(id, new Date()).toISOString()) })) };
  const groups = ticket.snoozed_until ? [{ choices: [{ id: 'wake', label: say('snooze.wake') }] }, times] : [times];
  const label = ticket.snoozed_until ? say('snooze.until', { time: moment(ticket.snoozed_until) }) : say('snooze.label');
  return (
    <ChoiceMenu
      label={say('snooze.label')}
      groups={groups}
      onChoose={(id) => void choose(id)}
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={<Button size="small" aria-label={label}><SnoozeIcon size={14} aria-hidden="true" /> {ticket.snoozed_until ? label : null}</Button>}
    />
  );
}
