// A comparison as a reader wants it: long runs without a change become one line that says how many.
import type { DiffOut } from '@mainstay/api';

/** `at` is the number of the first line it stands for, from 0. */
export type Piece = { at: number } & ({ kind: 'line'; change: string; text: string } | { kind: 'gap'; count: number });

const CONTEXT = 2;

/** Keeps two lines around each change and folds the rest. */
export function foldDiff(lines: DiffOut['lines']): Piece[] {
  const isNear = lines.map((_, at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => line.change !== 'same'));
  const pieces: Piece[] = [];
  lines.forEach(({ change, text }, at) => {
    const last = pieces.at(-1);
    if (isNear[at]) pieces.push({ at, kind: 'line', change, text });
    else if (last?.kind === 'gap') last.count += 1;
    else pieces.push({ at, kind: 'gap', count: 1 });
  });
  return pieces;
}
