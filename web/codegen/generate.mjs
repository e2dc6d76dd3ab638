// Writes the TypeScript types of the API from the OpenAPI snapshot of the repository. The first line carries the snapshot's
// hash, by which a unit test sees drift without this package.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const snapshot = new URL('../../docs/openapi.json', import.meta.url);
const target = fileURLToPath(new URL('../api/src/schema.gen.ts', import.meta.url));

if (!existsSync(snapshot)) {
  console.error('docs/openapi.json is missing; write it with `mainstay openapi` first');
  process.exit(1);
}
const hash = createHash('sha256').update(readFileSync(snapshot)).digest('hex');
const header = `// Generated from docs/openapi.json by \`npm run generate\`, never edited by hand; snapshot sha256 ${hash}.\n`;
writeFileSync(target, header + astToString(await openapiTS(snapshot)));
