// Writes the TypeScript types of the API from the OpenAPI snapshot of the repository.
// `--check` prints nothing and fails when the written file differs: generated files are fresh or the build is red.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const snapshot = new URL('../../docs/openapi.json', import.meta.url);
const target = fileURLToPath(new URL('../api/src/schema.gen.ts', import.meta.url));

if (!existsSync(snapshot)) {
  console.error('docs/openapi.json is missing; write it with `mainstay openapi` first');
  process.exit(1);
}
const header = '// Generated from docs/openapi.json by `npm run generate`; never edited by hand.\n';
const text = header + astToString(await openapiTS(snapshot));
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error('api/src/schema.gen.ts is stale; run `npm run generate`');
  process.exit(1);
}
