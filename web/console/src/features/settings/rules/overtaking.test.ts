// Only the answer to the newest question counts, and nothing is settled before it is good.
import { expect, test } from 'vitest';
import { overtaking } from './overtaking';

function later() {
  const settle: { resolve?: (text: string) => void; reject?: (thrown: unknown) => void } = {};
  const promise = new Promise<string>((resolve, reject) => { Object.assign(settle, { resolve, reject }); });
  return { promise, resolve: (text: string) => settle.resolve?.(text), reject: (thrown: unknown) => settle.reject?.(thrown) };
}

function asked() {
  const seen = { answers: [] as string[], settled: [] as boolean[], failures: [] as unknown[] };
  const questions = overtaking<string>();
  const ask = () => {
    const answer = later();
    const reactions = {
      onSettled: (is: boolean) => void seen.settled.push(is),
      onAnswer: (text: string) => { seen.answers.push(text); return text !== 'faulty'; },
      onFailure: (thrown: unknown) => void seen.failures.push(thrown),
    };
    return { ...answer, done: questions.ask(() => answer.promise, reactions) };
  };
  return { seen, ask, drop: questions.drop };
}

test('an answer that was overtaken is dropped, whichever comes first', async () => {
  const { seen, ask } = asked();
  const [first, second] = [ask(), ask()];
  second.resolve('age > 12');
  await second.done;
  first.resolve('age > 1');
  await first.done;
  expect(seen.answers).toEqual(['age > 12']);
  expect(seen.settled).toEqual([false, false, true]);
});

test('an early answer does not settle what a later question still asks', async () => {
  const { seen, ask } = asked();
  const [first, second] = [ask(), ask()];
  first.resolve('age > 1');
  await first.done;
  expect(seen).toMatchObject({ answers: [], settled: [false, false] });
  second.resolve('age > 12');
  await second.done;
  expect(seen.settled.at(-1)).toBe(true);
});

test('a fault and a failure leave it unsettled, a failure of an old question is not told', async () => {
  const { seen, ask } = asked();
  const faulty = ask();
  faulty.resolve('faulty');
  await faulty.done;
  expect(seen.settled).toEqual([false]);
  const [old, lost] = [ask(), ask()];
  lost.reject('offline');
  old.reject('timeout');
  await Promise.all([old.done, lost.done]);
  expect(seen.failures).toEqual(['offline']);
  expect(seen.settled).not.toContain(true);
});

test('what was dropped says nothing any more', async () => {
  const { seen, ask, drop } = asked();
  const left = ask();
  drop();
  left.resolve('age > 1');
  await left.done;
  expect(seen).toMatchObject({ answers: [], settled: [false] });
});
