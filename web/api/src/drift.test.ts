// Generated types are fresh or the build is red: the file names the snapshot it was made from.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const snapshot = fileURLToPath(new URL('../../../docs/openapi.json', import.meta.url));
const generated = fileURLToPath(new URL('schema.gen.ts', import.meta.url));

test.skipIf(!existsSync(snapshot))('schema.gen.ts belongs to docs/openapi.json (else: npm run generate)', () => {
  const hash = createHash('sha256').update(readFileSync(snapshot)).digest('hex');
  expect(readFileSync(generated, 'utf8')).toContain(`snapshot sha256 ${hash}`);
});
