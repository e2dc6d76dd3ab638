// WCAG 2.2 AA as far as a program can see it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { settled } from './stage.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds on the page as it is, but for what the component library reads out: it speaks of lists that are closed by then. */
export async function violations(page) {
  await settled(page);
  await page.evaluate(AXE);
  const result = await page.evaluate((tags) => window.axe.run({ exclude: ['[data-live-announcer]'] }, { runOnly: tags }), TAGS);
  return result.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.flat().join(' ')).join(' | ')}`);
}

/** The page has no finding. */
export async function clean(page, what) {
  assert.deepEqual(await violations(page), [], what);
}
