// When a rule asks: at once on one of several events, or some minutes after one.
import type { RuleWhen } from '@mainstay/api';
import { Choose, Field } from '@mainstay/ui';
import { useWords } from '../../../words';
import { momentName } from '../../../words/names';
import { Block } from '../frame';
import { CheckNames } from './check-names';

export const MOMENTS = ['opened', 'customer_wrote', 'replied', 'noted', 'status_changed', 'assigned', 'updated', 'snoozed', 'woken', 'clock_warned', 'clock_breached', 'escalated'];

export function WhenBlock({ when, onChange }: { when: RuleWhen; onChange: (when: RuleWhen) => void }) {
  const { say } = useWords();
  const kind = 'events' in when ? 'events' : 'later';
  const names = MOMENTS.map((id) => ({ id, label: momentName(id, say) }));
  const turn = (next: string) => onChange(next === 'later' ? { after: 'opened', minutes: 60 } : { events: ['opened'] });
  return (
    <Block title={say('rules.when')}>
      <Choose label={say('rules.timing')} value={kind} onChange={turn} choices={[{ id: 'events', label: say('rules.when_events') }, { id: 'later', label: say('rules.when_later') }]} />
      {'events' in when ? (
        <CheckNames label={say('rules.moments')} choices={names} chosen={when.events} onChange={(events) => onChange({ events })} />
      ) : (
        <div className="rule-row">
          <Field label={say('rules.minutes')} type="number" value={String(when.minutes)} onChange={(text) => onChange({ ...when, minutes: Number(text) })} help={say('rules.later_help')} />
          <Choose label={say('rules.after')} value={when.after} onChange={(after) => onChange({ ...when, after })} choices={names} />
        </div>
      )}
    </Block>
  );
}
