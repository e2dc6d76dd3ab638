// @vitest-environment jsdom
// Every refusal that a console can meet has words of its own, in both languages; docs/errors.md names them all.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiProblem } from '@mainstay/api';
import { createWords } from '@mainstay/ui/words';
import { expect, test } from 'vitest';
import { de } from '../words/de';
import { en } from '../words/en';
import { tell } from './problems';

/** What commands, programs, widgets and pages meet, and no console. */
const ELSEWHERE = new Set(`
  bad_argument bad_article bad_line bad_setting command_refused data_in_use database_not_empty embedding_stopped
  job_lost job_not_dead metrics_are_local training_set which_workspace rehearsed tried cross_site unknown_widget wrong_origin
  bad_identity missed_too_much written_enough no_help_centre malformed_json wrong_content_type invalid_header
  method_not_allowed too_many_streams
`.trim().split(/\s+/));

const listed = readFileSync(join(import.meta.dirname, '../../../../docs/errors.md'), 'utf8');
/** A fault of the server has one sentence for all, with the reference. */
const refusals = [...listed.matchAll(/^\| `(\w+)` \| (\d+) \| (.+?) \| /gm)].filter((row) => Number(row[2]) < 500).map((row) => row[1]!);
const codes = [...new Set(refusals)].filter((code) => !ELSEWHERE.has(code));

test('the list of refusals is read', () => expect(codes.length).toBeGreaterThan(100));

test.each(codes)('%s has words in both languages', (code) => {
  const key = `refusal.${code}`;
  expect(Object.keys(en)).toContain(key);
  expect(Object.keys(de)).toContain(key);
});

test('a refusal speaks the language of the console, and in English says what the server said', () => {
  const refused = new ApiProblem(409, { code: 'slug_taken', detail: 'Another article has the address "pay".' });
  const [english, german] = [createWords('en', en, en), createWords('de', de, en)];
  expect(tell(refused, english.say).text).toBe('Another article has the address "pay".');
  expect(tell(refused, german.say).text).toBe(de['refusal.slug_taken']);
});
