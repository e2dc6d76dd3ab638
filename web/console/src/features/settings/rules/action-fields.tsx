// The fields of one action.
import type { RuleAction } from '@mainstay/api';
import { Choose, Field, type Choice } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { TagsField } from '../../../parts/tag-list';
import { filing, knowledge } from '../../../state/api';
import { useMembers, useTeams } from '../../../state/people';
import { useWords } from '../../../words';
import { plainStatus, priorityName, waitingName } from '../../../words/names';
import { CheckNames } from './check-names';

const VARIABLES = '{{ticket.number}} {{ticket.subject}} {{customer.name}} {{customer.email}} {{assignee.name}} {{team.name}}';
const EXAMPLE = '{{customer.name|there}}';
const STATUSES = ['open', 'pending', 'in_progress', 'resolved', 'closed'];
const WAITING = ['customer', 'third_party', 'internal'];
const TYPES = ['question', 'problem', 'incident', 'task'];

interface Props {
  action: RuleAction;
  onChange: (action: RuleAction) => void;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

export function ActionFields(props: Props) {
  const { say } = useWords();
  const { action, onChange } = props;
  const one = (field: string, label: string, choices: Choice[]) => (
    <Choose label={label} value={textOf(action[field])} onChange={(id) => onChange({ ...action, [field]: id })} choices={choices} />
  );
  switch (action.do) {
    case 'set_priority':
      return one('priority', say('ticket.priority'), ['urgent', 'high', 'normal', 'low'].map((id) => ({ id, label: priorityName(id, say) })));
    case 'set_type':
      return one('type', say('action.set_type'), TYPES.map((id) => ({ id, label: id })));
    case 'set_status':
      return <StatusFields {...props} />;
    case 'set_category':
      return <CategoryField {...props} />;
    case 'run_macro':
      return <MacroField {...props} />;
    case 'assign':
      return <AssignFields {...props} />;
    case 'notify':
      return <NotifyFields {...props} />;
    default:
      return <TypedFields {...props} />;
  }
}

function TypedFields({ action, onChange }: Props) {
  const { say } = useWords();
  const set = (field: string) => (value: string) => onChange({ ...action, [field]: value });
  switch (action.do) {
    case 'reply':
    case 'note':
      return <Field label={say('rules.body')} isRequired rows={4} value={textOf(action.body)} onChange={set('body')} help={say('rules.text_help', { variables: VARIABLES, example: EXAMPLE })} />;
    case 'webhook':
      return <Field label={say('rules.url')} isRequired value={textOf(action.url)} onChange={set('url')} placeholder="https://hooks.example.com/mainstay" />;
    case 'escalate':
      return <Field label={say('rules.reason')} isRequired value={textOf(action.reason)} onChange={set('reason')} />;
    case 'snooze':
      return <Field label={say('rules.minutes')} type="number" value={textOf(action.minutes)} onChange={(text) => onChange({ ...action, minutes: Number(text) })} />;
    case 'add_tags':
    case 'remove_tags':
      return <TagsField key={action.do} label={say('rules.tags')} tags={listOf(action.tags)} onChange={(tags) => onChange({ ...action, tags })} />;
    case 'set_field':
      return (
        <div className="rule-row">
          <Field label={say('rules.field_key')} isRequired value={textOf(action.key)} onChange={set('key')} />
          <Field label={say('rules.value')} value={textOf(action.value)} onChange={set('value')} />
        </div>
      );
    default:
      return null;
  }
}

function StatusFields({ action, onChange }: Props) {
  const { say } = useWords();
  const setStatus = (status: string) => onChange(status === 'pending' ? { do: 'set_status', status, waiting_on: 'customer' } : { do: 'set_status', status });
  return (
    <div className="rule-row">
      <Choose label={say('ticket.status')} value={textOf(action.status)} onChange={setStatus} choices={STATUSES.map((id) => ({ id, label: plainStatus(id, say) }))} />
      {action.status === 'pending' ? <Choose label={say('ticket.status')} value={textOf(action.waiting_on) || 'customer'} onChange={(waiting) => onChange({ ...action, waiting_on: waiting })} choices={WAITING.map((id) => ({ id, label: waitingName(id, say) }))} /> : null}
    </div>
  );
}

function CategoryField({ action, onChange }: Props) {
  const { say } = useWords();
  const categories = useQuery({ queryKey: ['categories'], queryFn: knowledge.categories, staleTime: 300_000 }).data ?? [];
  return <Choose label={say('rules.category')} value={textOf(action.category_id)} onChange={(id) => onChange({ ...action, category_id: id })} choices={categories.map(({ id, name }) => ({ id, label: name }))} />;
}

function MacroField({ action, onChange }: Props) {
  const { say } = useWords();
  const macros = useQuery({ queryKey: ['macros'], queryFn: () => filing.macros(), staleTime: 300_000 }).data ?? [];
  const shared = macros.filter((macro) => macro.visibility !== 'personal').map(({ id, name }) => ({ id, label: name }));
  return <Choose label={say('action.run_macro')} value={textOf(action.macro_id)} onChange={(id) => onChange({ ...action, macro_id: id })} choices={shared} />;
}

const NOBODY = 'nobody';

function AssignFields({ action, onChange }: Props) {
  const { say } = useWords();
  const none = { id: NOBODY, label: say('rules.nobody') };
  const set = (field: string) => (id: string) => {
    const { [field]: _, ...rest } = action;
    onChange(id === NOBODY ? { ...rest, do: 'assign' } : { ...rest, do: 'assign', [field]: id });
  };
  const members = useMembers().filter((member) => member.active);
  return (
    <div className="rule-row">
      <Choose label={say('rules.team')} value={textOf(action.team_id) || NOBODY} onChange={set('team_id')} choices={[none, ...useTeams().map(({ id, name }) => ({ id, label: name }))]} />
      <Choose label={say('rules.member')} value={textOf(action.assignee_id) || NOBODY} onChange={set('assignee_id')} choices={[none, ...members.map(({ id, name }) => ({ id, label: name }))]} />
    </div>
  );
}

function NotifyFields({ action, onChange }: Props) {
  const { say } = useWords();
  const roles = [{ id: 'assignee', label: say('rules.tell_assignee') }, { id: 'team', label: say('rules.tell_team') }];
  const members = useMembers().filter((member) => member.active).map(({ id, name }) => ({ id, label: name }));
  const known = [...roles, ...members];
  const chosen = [...listOf(action.to), ...listOf(action.member_ids)];
  const choose = (ids: string[]) => onChange({ ...action, to: ids.filter((id) => roles.some((role) => role.id === id)), member_ids: ids.filter((id) => members.some((member) => member.id === id)) });
  return (
    <>
      <CheckNames label={say('rules.tell_whom')} choices={known} chosen={chosen} onChange={choose} />
      <Field label={say('rules.body')} isRequired value={textOf(action.text)} onChange={(text) => onChange({ ...action, text })} />
    </>
  );
}
