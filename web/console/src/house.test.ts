// Rules of this house that a program can check: features do not know each other, what is below does not know what is above,
// colours live in one file, and no sentence is written outside the catalogue.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const here = path.dirname(fileURLToPath(import.meta.url));
const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
const sources = files.filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'));
const read = (name: string) => readFileSync(path.join(here, name), 'utf8');

function imports(name: string): string[] {
  return [...read(name).matchAll(/from '(\.[^']+)'/g)].map(([, to]) => path.posix.join(path.posix.dirname(name), to ?? ''));
}

test.each(sources.filter((name) => name.startsWith('features/')))('%s imports no other feature and no roof', (name) => {
  const own = name.split('/').slice(0, 2).join('/');
  for (const to of imports(name)) expect(to.startsWith(own) || to.startsWith('state/') || to.startsWith('words') || to.startsWith('parts/')).toBe(true);
});

test.each(sources.filter((name) => /^(state|words|parts)\//.test(name)))('%s does not look up', (name) => {
  for (const to of imports(name)) expect(to).not.toMatch(/^(app|features)\//);
});

const sheets = [
  ...files.filter((name) => name.endsWith('.css')),
  ...readdirSync(path.join(here, '../../ui/src/styles')).filter((name) => name !== 'tokens.css').map((name) => `../../ui/src/styles/${name}`),
];

test.each(sheets)('%s has no literal colour', (name) => {
  expect(read(name)).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|oklch\(/i);
});

test.each(sources.filter((name) => name.endsWith('.tsx')))('%s says everything through the catalogue', (name) => {
  const jsx = read(name).replace(/=>/g, '').replace(/\{[^{}]*\}/g, '');
  const texts = [...jsx.matchAll(/<\w[^<>]*>\s*([A-Z][a-z]+ [a-z][^<>{}=;()]*)\s*</g)].map(([, text]) => text);
  expect(texts).toEqual([]);
});
