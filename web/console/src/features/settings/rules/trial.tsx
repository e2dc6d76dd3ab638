// Testing a rule on a real ticket: which conditions held, and what each action would change. Nothing is changed.
import { asProblem, type RuleIn, type RuleTrialOut } from '@mainstay/api';
import { Badge, Button, Field, TesterIcon, Trouble } from '@mainstay/ui';
import { useState } from 'react';
import { automation } from '../../../state/api';
import { useTell } from '../../../state/problems';
import { useWords } from '../../../words';
import { actionName, effectName } from '../../../words/names';
import { Block } from '../frame';
import { mistakesOf, placed } from './forms';

export function TrialBlock({ draft }: { draft: RuleIn }) {
  const { say } = useWords();
  const tell = useTell();
  const [number, setNumber] = useState('');
  const [shown, setShown] = useState<RuleTrialOut | null>(null);
  const [thrown, setThrown] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    setShown(null);
    setThrown(null);
    const { condition, ...rest } = draft;
    const rule = { ...rest, name: draft.name.trim() || say('rules.add'), ...(condition?.trim() ? { condition } : {}) };
    try {
      setShown(await automation.attempt(rule, Number(number)));
    } catch (problem) {
      setThrown(problem);
    }
    setBusy(false);
  };
  const problem = thrown ? asProblem(thrown) : null;
  const told = problem?.status === 404 ? { title: say('rules.try_missing') } : problem ? { ...tell(problem), text: mistakesOf(problem, say) || tell(problem).text } : null;
  return (
    <Block title={say('rules.try')} text={say('rules.try_text')}>
      <div className="rule-row">
        <Field label={say('rules.try_number')} inputMode="numeric" value={number} onChange={setNumber} />
        <Button isPending={isBusy} isDisabled={!/^\d+$/.test(number.trim())} onPress={() => void go()}><TesterIcon size={14} aria-hidden="true" /> {say('rules.try_go')}</Button>
      </div>
      {told ? <Trouble {...told} /> : null}
      {shown ? <Shown trial={shown} /> : null}
    </Block>
  );
}

const TONES = { yes: 'good', no: 'warning', erred: 'danger' } as const;

function Shown({ trial }: { trial: RuleTrialOut }) {
  const { say } = useWords();
  const held = (word: string) => (word === 'yes' || word === 'no' || word === 'erred' ? word : 'erred');
  return (
    <div className="trial" role="status">
      <p><Badge tone={TONES[held(trial.held)]}>{say(`rules.try_${held(trial.held)}`)}</Badge></p>
      {trial.fault ? <p>{trial.fault.reason}</p> : null}
      {trial.has_event ? null : <p className="soft">{say('rules.try_no_event')}</p>}
      <ul className="trial-parts">
        {placed(trial.parts).map(({ key, item: part }) => (
          <li key={key}><Badge tone={TONES[held(part.held)]}>{say(part.held === 'yes' ? 'rules.yes' : 'rules.no')}</Badge> <code>{part.condition}</code></li>
        ))}
      </ul>
      <h3 className="settings-subtitle">{say('rules.try_would')}</h3>
      <ol className="trial-parts">
        {placed(trial.effects).map(({ key, item: effect }) => (
          <li key={key}>
            {actionName(effect.do, say)}: {effectName(effect, say)}
            {effect.changes.map((change) => (
              <div key={change.field} className="soft" dir="auto">{change.field}: {shownValue(change.before)} → {shownValue(change.after)}</div>
            ))}
          </li>
        ))}
      </ol>
    </div>
  );
}

function shownValue(value: unknown): string {
  return value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
}
