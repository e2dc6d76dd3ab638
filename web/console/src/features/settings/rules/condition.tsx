// The condition in its two ways, which are the same thing: a form of all and any, and an expression. Checked while it is typed.
// Rules, routing and policies share it; what it decides says what it may ask.
import type { CheckedCondition, ConditionForm, Deciding } from '@mainstay/api';
import { Button, Field } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { automation } from '../../../state/api';
import { tell } from '../../../state/problems';
import { useWords } from '../../../words';
import { Block } from '../frame';
import { FormGroup } from './form-group';
import { overtaking } from './overtaking';
import './rules.css';

/** Milliseconds of rest before what was typed is looked over. */
const REST_MS = 350;

function useChecked(condition: string, decides: Deciding): CheckedCondition | null {
  const [asked, setAsked] = useState(condition);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(condition), REST_MS);
    return () => clearTimeout(timer);
  }, [condition]);
  const read = useQuery({
    queryKey: ['condition', decides, asked],
    queryFn: () => automation.check({ decides, ...(asked.trim() ? { condition: asked } : {}) }),
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
  return read.data ?? null;
}

interface ConditionProps {
  condition: string;
  decides: Deciding;
  onChange: (condition: string) => void;
  /** False while the form shows something that the condition does not say yet, or cannot say: then it must not be saved. */
  onSettled: (isSettled: boolean) => void;
  /** What the server said of it when it was saved. */
  error?: string | undefined;
}

/** The condition of a rule as a block of its page. */
export function ConditionBlock(props: ConditionProps) {
  const { say } = useWords();
  const { editor, ways } = useCondition(props, say('rules.if'));
  return <Block title={say('rules.if')} action={ways}>{editor}</Block>;
}

/** The same among the fields of a dialog. */
export function ConditionFields({ label, help, ...props }: ConditionProps & { label: string; help?: string }) {
  const { editor, ways } = useCondition(props, label);
  return (
    <section className="condition" aria-label={label}>
      <header className="settings-head"><span className="field-label">{label}</span>{ways}</header>
      {help ? <p className="field-help">{help}</p> : null}
      {editor}
    </section>
  );
}

function useCondition({ condition, decides, onChange, onSettled, error }: ConditionProps, label: string) {
  const { say } = useWords();
  const [way, setWay] = useState<'form' | 'text' | null>(null);
  const checked = useChecked(condition, decides);
  const isCurrent = checked?.condition === condition.trim();
  const form: ConditionForm | null = condition.trim() === '' ? { all: [] } : isCurrent ? checked.form : null;
  // Whoever works in the form stays there, also while what they have said so far is not whole.
  const isForm = way === 'form' || (way === null && form !== null);
  const isGood = isCurrent && condition.trim() !== '' && !checked.fault;
  const editor = (
    <>
      {isForm ? (
        <FormEditor form={form ?? { all: [] }} decides={decides} onUse={() => setWay('form')} onCondition={onChange} onSettled={onSettled} />
      ) : (
        <Field aria-label={label} label={say('rules.if_text')} help={say('rules.if_help')} rows={4} isCode value={condition} onChange={onChange} error={(isCurrent ? faultText(checked, say) : undefined) ?? error} />
      )}
      {isForm && error ? <p className="field-error" role="alert">{error}</p> : null}
      {!isForm && isGood && !form ? <p className="soft">{say('rules.if_only_text')}</p> : null}
      <p className="soft" role="status">{isGood ? say('rules.good') : ''}</p>
    </>
  );
  const ways = <Ways isForm={isForm} mayForm={isForm || form !== null} onWay={setWay} />;
  return { editor, ways };
}

type Say = ReturnType<typeof useWords>['say'];

function faultText(checked: CheckedCondition | null, say: Say): string | undefined {
  const fault = checked?.fault;
  if (!fault) return undefined;
  return fault.line ? say('rules.fault_at', { line: String(fault.line), column: String(fault.column ?? 1), reason: fault.reason }) : fault.reason;
}

function Ways({ isForm, mayForm, onWay }: { isForm: boolean; mayForm: boolean; onWay: (way: 'form' | 'text') => void }) {
  const { say } = useWords();
  return (
    <div className="rule-ways" role="group" aria-label={say('rules.ways')}>
      <Button size="small" aria-pressed={isForm} isDisabled={!mayForm} onPress={() => onWay('form')}>{say('rules.if_form')}</Button>
      <Button size="small" aria-pressed={!isForm} onPress={() => onWay('text')}>{say('rules.if_text')}</Button>
    </div>
  );
}

interface FormEditorProps {
  form: ConditionForm;
  decides: Deciding;
  onUse: () => void;
  onCondition: (condition: string) => void;
  onSettled: (isSettled: boolean) => void;
}

/** The form; each change is rendered to an expression by the server, and shown at once meanwhile. */
function FormEditor({ form, decides, onUse, onCondition, onSettled }: FormEditorProps) {
  const { say } = useWords();
  const [own, setOwn] = useState(form);
  const [fault, setFault] = useState<string | null>(null);
  const [isLost, setLost] = useState(false);
  const [questions] = useState(() => overtaking<CheckedCondition>());
  const facts = useQuery({ queryKey: ['facts', decides], queryFn: () => automation.facts(decides), staleTime: Infinity }).data ?? [];
  // Whoever leaves the form for the text sees the condition itself, and no late answer writes over what they type there.
  useEffect(() => () => {
    questions.drop();
    onSettled(true);
  }, [questions, onSettled]);
  const ask = (next: ConditionForm) => {
    setLost(false);
    const onAnswer = (checked: CheckedCondition) => {
      setFault(faultText(checked, say) ?? null);
      onCondition(checked.condition);
      return !checked.fault;
    };
    const onFailure = (thrown: unknown) => {
      setFault(tell(thrown, say).text);
      setLost(true);
    };
    void questions.ask(() => automation.check({ form: next, decides }), { onSettled, onAnswer, onFailure });
  };
  const change = (next: ConditionForm) => {
    onUse();
    setOwn(next);
    if (!('all' in next) || next.all.length > 0) return ask(next);
    questions.drop();
    setFault(null);
    setLost(false);
    onSettled(true);
    onCondition('');
  };
  return (
    <>
      <FormGroup form={own} facts={facts} onChange={change} depth={0} />
      {fault ? <p className="field-error" role="status">{fault}</p> : null}
      {isLost ? <Button size="small" onPress={() => ask(own)}>{say('try_again')}</Button> : null}
    </>
  );
}
