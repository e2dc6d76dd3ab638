// What a rule does, in order: each action with the fields it needs.
import type { RuleAction } from '@mainstay/api';
import { AddIcon, Button, Choose, CloseIcon, DownIcon, IconButton, UpIcon } from '@mainstay/ui';
import { useWords } from '../../../words';
import { actionName } from '../../../words/names';
import { Block } from '../frame';
import { ActionFields } from './action-fields';
import { placed } from './forms';

/** The actions there are, each as it starts. */
const STARTS: RuleAction[] = [
  { do: 'set_priority', priority: 'high' },
  { do: 'set_status', status: 'pending' },
  { do: 'set_type', type: 'question' },
  { do: 'set_category', category_id: '' },
  { do: 'set_field', key: '', value: '' },
  { do: 'add_tags', tags: [] },
  { do: 'remove_tags', tags: [] },
  { do: 'assign' },
  { do: 'unassign' },
  { do: 'reply', body: '' },
  { do: 'note', body: '' },
  { do: 'notify', to: ['assignee'], member_ids: [], text: '' },
  { do: 'snooze', minutes: 60 },
  { do: 'escalate', reason: '' },
  { do: 'run_macro', macro_id: '' },
  { do: 'webhook', url: '' },
];

export function ActionList({ actions, onChange }: { actions: RuleAction[]; onChange: (actions: RuleAction[]) => void }) {
  const { say } = useWords();
  const move = (from: number, to: number) => {
    const action = actions[from];
    if (action) onChange(actions.toSpliced(from, 1).toSpliced(to, 0, action));
  };
  const names = STARTS.map((start) => ({ id: start.do, label: actionName(start.do, say) }));
  const startOf = (word: string) => STARTS.find((start) => start.do === word) ?? { do: word };
  return (
    <Block title={say('rules.then')}>
      <ol className="rule-actions">
        {placed(actions).map(({ key, at, item: action }) => (
          <li key={key} className="card" aria-label={say('rules.action', { number: String(at + 1) })}>
            <div className="rule-row">
              <Choose label={say('rules.action', { number: String(at + 1) })} value={action.do} onChange={(word) => onChange(actions.with(at, startOf(word)))} choices={names.some(({ id }) => id === action.do) ? names : [...names, { id: action.do, label: actionName(action.do, say) }]} />
              <IconButton label={say('rules.up', { name: actionName(action.do, say) })} isDisabled={at === 0} onPress={() => move(at, at - 1)}><UpIcon size={14} aria-hidden="true" /></IconButton>
              <IconButton label={say('rules.down', { name: actionName(action.do, say) })} isDisabled={at === actions.length - 1} onPress={() => move(at, at + 1)}><DownIcon size={14} aria-hidden="true" /></IconButton>
              <IconButton label={say('rules.remove_action')} onPress={() => onChange(actions.toSpliced(at, 1))}><CloseIcon size={14} aria-hidden="true" /></IconButton>
            </div>
            <ActionFields action={action} onChange={(next) => onChange(actions.with(at, next))} />
          </li>
        ))}
      </ol>
      <Button size="small" onPress={() => onChange([...actions, { do: 'add_tags', tags: [] }])}><AddIcon size={14} aria-hidden="true" /> {say('rules.add_action')}</Button>
    </Block>
  );
}
