// The rules in the order they run: moved by dragging or by key, switched on and off, opened to be changed.
import { asProblem, type RuleOut } from '@mainstay/api';
import { AddIcon, Badge, Button, DownIcon, Empty, IconButton, RuleIcon, Skeleton, Switch, UpIcon } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { automation } from '../../../state/api';
import { useTell } from '../../../state/problems';
import { mayAdminister, useSession } from '../../../state/session';
import { toasts } from '../../../state/toasts';
import { useWords } from '../../../words';
import { actionName, momentName } from '../../../words/names';
import { PageTrouble, SettingsPage } from '../frame';
import { mistakesOf, placed } from './forms';
import './rules.css';

export function RulesPage() {
  const { say } = useWords();
  const mayWrite = mayAdminister(useSession());
  const navigate = useNavigate();
  const read = useQuery({ queryKey: ['rules'], queryFn: automation.rules });
  const add = mayWrite ? <Button look="primary" onPress={() => void navigate({ to: '/settings/rules/$ruleId', params: { ruleId: 'new' } })}><AddIcon size={14} aria-hidden="true" /> {say('rules.add')}</Button> : null;
  return (
    <SettingsPage title={say('rules.title')} text={say('rules.text')} action={add}>
      {mayWrite ? null : <p className="soft">{say('rules.closed')}</p>}
      {read.isPending ? <Skeleton lines={4} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <Empty icon={<RuleIcon size={28} strokeWidth={1.5} />} title={say('rules.none')} text={say('rules.none_text')} /> : null}
      {read.data && read.data.length > 0 ? <Ordered rules={read.data} mayWrite={mayWrite} /> : null}
    </SettingsPage>
  );
}

/** The list with its order; what moved is shown at once and put back when it is refused. */
function Ordered({ rules, mayWrite }: { rules: RuleOut[]; mayWrite: boolean }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const tell = useTell();
  const [dragged, setDragged] = useState<number | null>(null);
  const [heard, setHeard] = useState('');
  const move = async (from: number, to: number) => {
    const rule = rules[from];
    if (!rule || from === to || to < 0 || to >= rules.length) return;
    const next = rules.toSpliced(from, 1).toSpliced(to, 0, rule);
    queries.setQueryData(['rules'], next);
    setHeard(say('rules.moved', { name: rule.name, place: String(to + 1) }));
    try {
      await automation.orderRules(next.map(({ id }) => id));
    } catch (thrown) {
      toasts.show({ tone: 'danger', text: tell(thrown).text });
    }
    await queries.invalidateQueries({ queryKey: ['rules'] });
  };
  return (
    <>
      <ol className="rules">
        {rules.map((rule, at) => (
          <li
            key={rule.id}
            className="rule"
            draggable={mayWrite}
            data-dragged={dragged === at || undefined}
            onDragStart={() => setDragged(at)}
            onDragEnd={() => setDragged(null)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={() => dragged === null || void move(dragged, at)}
          >
            <span className="rule-place number">{at + 1}</span>
            <RuleWords rule={rule} />
            {mayWrite ? <RuleTools rule={rule} at={at} last={rules.length - 1} onMove={move} /> : null}
          </li>
        ))}
      </ol>
      <p className="only-heard" role="status">{heard}</p>
    </>
  );
}

function RuleWords({ rule }: { rule: RuleOut }) {
  const { say } = useWords();
  const when = 'events' in rule.when
    ? rule.when.events.map((moment) => momentName(moment, say)).join(', ')
    : say('rules.minutes_after', { count: rule.when.minutes, moment: momentName(rule.when.after, say) });
  return (
    <div className="rule-words">
      <Link to="/settings/rules/$ruleId" params={{ ruleId: rule.id }} className="rule-name" dir="auto">{rule.name}</Link>{' '}
      {rule.enabled ? null : <Badge>{say('rules.off')}</Badge>}
      <span className="soft">{when}</span>
      <code className="rule-condition">{rule.condition ?? say('rules.always')}</code>
      <span className="chips">{placed(rule.actions).map(({ key, item: action }) => <Badge key={key}>{actionName(action.do, say)}</Badge>)}</span>
    </div>
  );
}

function RuleTools({ rule, at, last, onMove }: { rule: RuleOut; at: number; last: number; onMove: (from: number, to: number) => Promise<void> }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const tell = useTell();
  const switchTo = async (enabled: boolean) => {
    try {
      await automation.changeRule(rule, { enabled });
    } catch (thrown) {
      toasts.show({ tone: 'danger', text: [tell(thrown).text, mistakesOf(asProblem(thrown), say)].filter(Boolean).join(' ') });
    }
    await queries.invalidateQueries({ queryKey: ['rules'] });
  };
  return (
    <div className="rule-tools">
      <IconButton size="small" label={say('rules.up', { name: rule.name })} isDisabled={at === 0} onPress={() => void onMove(at, at - 1)}><UpIcon size={14} aria-hidden="true" /></IconButton>
      <IconButton size="small" label={say('rules.down', { name: rule.name })} isDisabled={at === last} onPress={() => void onMove(at, at + 1)}><DownIcon size={14} aria-hidden="true" /></IconButton>
      <Switch label={<span className="only-heard">{say('rules.switch', { name: rule.name })}</span>} isOn={rule.enabled} onChange={(isOn) => void switchTo(isOn)} />
    </div>
  );
}
