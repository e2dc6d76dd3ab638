// A group of the form: all or any of its parts, which are comparisons or groups again.
import type { Comparison, ConditionForm, FactOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Choose, CloseIcon, Field, IconButton } from '@mainstay/ui';
import { useFiledFields } from '../../../state/filed';
import { useWords } from '../../../words';
import { factName, factWord, howName } from '../../../words/names';
import { factOf, freshComparison, howsOf, partsOf, placed, readOperand, showOperand, takesList, takesValue, withParts } from './forms';

/** Groups that stand in each other. */
const DEEPEST = 3;

interface PartProps {
  form: ConditionForm;
  facts: FactOut[];
  onChange: (form: ConditionForm) => void;
  depth: number;
  onRemove?: () => void;
}

export function FormGroup(props: PartProps) {
  const { form, onChange } = props;
  const { say } = useWords();
  if ('fact' in form) return props.depth === 0 ? <Parts {...props} form={{ all: [form] }} /> : <OneFact {...props} comparison={form} />;
  if ('not' in form) {
    return (
      <div className="form-group">
        <Badge>{say('rules.not')}</Badge>
        <FormGroup {...props} form={form.not} depth={props.depth + 1} onChange={(not) => onChange({ not })} />
      </div>
    );
  }
  return <Parts {...props} />;
}

function Parts({ form, facts, onChange, depth, onRemove }: PartProps) {
  const { say } = useWords();
  const parts = partsOf(form) ?? [];
  const first = facts.find((fact) => fact.name === 'ticket.priority') ?? facts[0];
  const set = (at: number, part: ConditionForm) => onChange(withParts(form, parts.with(at, part)));
  const add = (part: ConditionForm) => onChange(withParts(form, [...parts, part]));
  return (
    <div className="form-group" role="group" aria-label={say('any' in form ? 'rules.any' : 'rules.all')}>
      <div className="rule-row">
        <Choose label={say('rules.match')} value={'any' in form ? 'any' : 'all'} onChange={(word) => onChange(word === 'any' ? { any: parts } : { all: parts })} choices={[{ id: 'all', label: say('rules.all') }, { id: 'any', label: say('rules.any') }]} />
        {onRemove ? <IconButton label={say('rules.remove_part')} onPress={onRemove}><CloseIcon size={14} aria-hidden="true" /></IconButton> : null}
      </div>
      {placed(parts).map(({ key, at, item: part }) => <FormGroup key={key} form={part} facts={facts} depth={depth + 1} onChange={(next) => set(at, next)} onRemove={() => onChange(withParts(form, parts.toSpliced(at, 1)))} />)}
      {first ? (
        <div className="rule-row">
          <Button size="small" onPress={() => add(freshComparison(first))}><AddIcon size={14} aria-hidden="true" /> {say('rules.add_fact')}</Button>
          {depth < DEEPEST ? <Button size="small" onPress={() => add({ any: [freshComparison(first)] })}><AddIcon size={14} aria-hidden="true" /> {say('rules.add_group')}</Button> : null}
        </div>
      ) : null}
    </div>
  );
}

function OneFact({ comparison, facts, onChange, onRemove }: PartProps & { comparison: Comparison }) {
  const { say } = useWords();
  const fact = factOf(comparison.fact, facts);
  const choose = (name: string) => {
    const chosen = facts.find((one) => one.name === name);
    if (chosen) onChange(freshComparison(chosen));
  };
  const compare = (is: string) => {
    const { value: _, ...rest } = comparison;
    const value = readOperand(showOperand(comparison.value), is, fact);
    onChange(takesValue(is) ? { ...rest, is, value } : { ...rest, is });
  };
  return (
    <div className="rule-line">
      <div className="rule-row">
        <Choose label={say('rules.fact')} value={fact?.name ?? comparison.fact} onChange={choose} choices={facts.map(({ name }) => ({ id: name, label: factName(name, say) }))} />
        {fact?.kind === 'open' ? <FieldKey value={comparison.fact.slice(fact.name.length + 1)} onChange={(key) => onChange({ ...comparison, fact: `${fact.name}.${key}` })} /> : null}
        <Choose label={say('rules.how')} value={comparison.is} onChange={compare} choices={howsOf(fact).map((id) => ({ id, label: howName(id, say) }))} />
        {takesValue(comparison.is) ? <Value comparison={comparison} fact={fact} onChange={onChange} /> : null}
      </div>
      {onRemove ? <IconButton label={say('rules.remove_part')} onPress={onRemove}><CloseIcon size={14} aria-hidden="true" /></IconButton> : null}
    </div>
  );
}

/** The key of a custom field: one of those there are. */
function FieldKey({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  const { say } = useWords();
  const fields = useFiledFields().filter((field) => !field.archived || field.key === value);
  if (fields.length === 0) return <Field label={say('rules.field_key')} value={value} onChange={onChange} />;
  return <Choose label={say('rules.field_key')} value={value} onChange={onChange} choices={fields.map(({ key, label }) => ({ id: key, label }))} />;
}

function Value({ comparison, fact, onChange }: { comparison: Comparison; fact: FactOut | undefined; onChange: (form: ConditionForm) => void }) {
  const { say } = useWords();
  const text = showOperand(comparison.value);
  const set = (next: string) => onChange({ ...comparison, value: readOperand(next, comparison.is, fact) });
  const words = fact?.kind === 'truth' ? [{ id: 'true', label: say('rules.yes') }, { id: 'false', label: say('rules.no') }] : (fact?.words ?? []).map((id) => ({ id, label: factWord(comparison.fact, id, say) }));
  if (words.length > 0 && !takesList(comparison.is)) return <Choose label={say('rules.value')} value={text} onChange={set} choices={words} />;
  return <Field label={say(takesList(comparison.is) ? 'rules.value_list' : 'rules.value')} value={text} onChange={set} />;
}
