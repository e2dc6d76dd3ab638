// What a form of conditions can say about a fact, and the shapes of a form.
import type { ApiProblem, Comparison, ConditionForm, FactOut, Operand } from '@mainstay/api';
import type { Say } from '../../../words';

const SET = ['set', 'not_set'];
const HOWS: Record<string, string[]> = {
  word: ['equal', 'not_equal', 'one_of', 'none_of', ...SET],
  text: ['equal', 'not_equal', 'contains', 'starts_with', 'matches', 'one_of', 'none_of', ...SET],
  number: ['equal', 'not_equal', 'more_than', 'at_least', 'less_than', 'at_most', ...SET],
  truth: ['equal', 'not_equal'],
  texts: ['includes'],
  open: ['equal', 'not_equal', 'contains', 'more_than', 'less_than', ...SET],
};

/** The fact a name speaks of; `ticket.fields.key` speaks of the open fact `ticket.fields`. */
export function factOf(name: string, facts: FactOut[]): FactOut | undefined {
  return facts.find((fact) => fact.name === name) ?? facts.find((fact) => fact.kind === 'open' && name.startsWith(`${fact.name}.`));
}

export const howsOf = (fact: FactOut | undefined): string[] => HOWS[fact?.kind ?? 'text'] ?? ['equal'];
export const takesValue = (is: string): boolean => !SET.includes(is);
export const takesList = (is: string): boolean => is === 'one_of' || is === 'none_of';

/** A value of the kind that a fact and its comparison take, from what was typed. */
export function readOperand(text: string, is: string, fact: FactOut | undefined): Operand {
  if (takesList(is)) return text.split(',').map((one) => one.trim()).filter(Boolean);
  if (fact?.kind === 'truth') return text === 'true';
  if (fact?.kind === 'number' || (fact?.kind === 'open' && text.trim() !== '' && !Number.isNaN(Number(text)))) return Number(text);
  return text;
}

export function showOperand(value: Operand | undefined): string {
  return Array.isArray(value) ? value.join(', ') : value === undefined ? '' : String(value);
}

/** A first comparison of a fact. */
export function freshComparison(fact: FactOut): Comparison {
  const is = howsOf(fact)[0] ?? 'equal';
  const name = fact.kind === 'open' ? `${fact.name}.key` : fact.name;
  return { fact: name, is, value: fact.kind === 'truth' ? true : fact.kind === 'number' ? 0 : (fact.words[0] ?? 'text') };
}

/** The parts of a group. */
export function partsOf(form: ConditionForm): ConditionForm[] | null {
  return 'all' in form ? form.all : 'any' in form ? form.any : null;
}

export function withParts(form: ConditionForm, parts: ConditionForm[]): ConditionForm {
  return 'any' in form ? { any: parts } : { all: parts };
}

/** A list whose entries are known by their place, because nothing else tells them apart. */
export function placed<T>(items: T[]): { key: string; at: number; item: T }[] {
  return items.map((item, at) => ({ key: `place-${at}`, at, item }));
}

/** Every mistake with its place in words, as "Action 2: takes 1 to 20 tags"; empty when no place is named. */
export function mistakesOf(problem: ApiProblem, say: Say): string {
  return (problem.body.errors ?? []).map(({ pointer, message }) => [placeWords(pointer, say), message].filter(Boolean).join(' ')).join(' · ');
}

function placeWords(pointer: string, say: Say): string {
  const [part, at] = pointer.replace(/^\/rule/, '').split('/').slice(1);
  const names: Record<string, string> = { name: say('rules.name'), when: say('rules.when'), condition: say('rules.if'), form: say('rules.if'), per_hour: say('rules.per_hour') };
  const name = part === 'actions' && at ? say('rules.action', { number: String(Number(at) + 1) }) : names[part ?? ''];
  return name ? `${name}:` : '';
}
