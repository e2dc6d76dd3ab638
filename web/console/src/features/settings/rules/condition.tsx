// The condition in its two ways, which are the same thing: a form of all and any, and an expression. Checked while it is typed.
import type { CheckedCondition, ConditionForm } from '@mainstay/api';
import { Button, Field } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { automation } from '../../../state/api';
import { useWords } from '../../../words';
import { Block } from '../frame';
import { FormGroup } from './form-group';

/** Milliseconds of rest before what was typed is looked over. */
const REST_MS = 350;

function useChecked(condition: string): CheckedCondition | null {
  const [asked, setAsked] = useState(condition);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(condition), REST_MS);
    return () => clearTimeout(timer);
  }, [condition]);
  const read = useQuery({
    queryKey: ['condition', asked],
    queryFn: () => automation.check(asked.trim() ? { condition: asked } : {}),
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
  return read.data ?? null;
}

export function ConditionBlock({ condition, onChange }: { condition: string; onChange: (condition: string) => void }) {
  const { say } = useWords();
  const [asText, setAsText] = useState(false);
  const checked = useChecked(condition);
  const isCurrent = checked?.condition === condition.trim();
  const form: ConditionForm | null = condition.trim() === '' ? { all: [] } : checked?.form ?? null;
  const isForm = !asText && form !== null;
  return (
    <Block title={say('rules.if')} action={<Ways isForm={isForm} mayForm={form !== null} onText={setAsText} />}>
      {isForm && form ? (
        <FormEditor form={form} onCondition={onChange} />
      ) : (
        <Field label={say('rules.if_text')} help={say('rules.if_help')} rows={4} isCode value={condition} onChange={onChange} error={isCurrent ? faultText(checked, say) : undefined} />
      )}
      {!isForm && isCurrent && !checked.fault && !form ? <p className="soft">{say('rules.if_only_text')}</p> : null}
      {isCurrent && condition.trim() && !checked.fault ? <p className="soft" role="status">{say('rules.good')}</p> : null}
    </Block>
  );
}

type Say = ReturnType<typeof useWords>['say'];

function faultText(checked: CheckedCondition | null, say: Say): string | undefined {
  const fault = checked?.fault;
  if (!fault) return undefined;
  return fault.line ? say('rules.fault_at', { line: String(fault.line), column: String(fault.column ?? 1), reason: fault.reason }) : fault.reason;
}

function Ways({ isForm, mayForm, onText }: { isForm: boolean; mayForm: boolean; onText: (asText: boolean) => void }) {
  const { say } = useWords();
  return (
    <div className="rule-ways" role="group" aria-label={say('rules.if')}>
      <Button size="small" aria-pressed={isForm} isDisabled={!mayForm} onPress={() => onText(false)}>{say('rules.if_form')}</Button>
      <Button size="small" aria-pressed={!isForm} onPress={() => onText(true)}>{say('rules.if_text')}</Button>
    </div>
  );
}

/** The form; each change is rendered to an expression by the server, and shown at once meanwhile. */
function FormEditor({ form, onCondition }: { form: ConditionForm; onCondition: (condition: string) => void }) {
  const { say } = useWords();
  const [own, setOwn] = useState(form);
  const [fault, setFault] = useState<string | null>(null);
  const facts = useQuery({ queryKey: ['facts'], queryFn: automation.facts, staleTime: Infinity }).data ?? [];
  const change = (next: ConditionForm) => {
    setOwn(next);
    if ('all' in next && next.all.length === 0) return onCondition('');
    automation.check({ form: next }).then(
      (checked) => {
        setFault(faultText(checked, say) ?? null);
        onCondition(checked.condition);
      },
      () => undefined,
    );
  };
  return (
    <>
      <FormGroup form={own} facts={facts} onChange={change} depth={0} />
      {fault ? <p className="field-error" role="status">{fault}</p> : null}
    </>
  );
}
