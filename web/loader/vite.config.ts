// The loader's build: one classic script without imports, beside the panel. Runs after the panel's build, whose hash it
// carries, so that browsers keep the panel for long and still see a new one at once.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vite';

const panel = new URL('../widget/dist/panel.js', import.meta.url);
const version = existsSync(panel) ? createHash('sha256').update(readFileSync(panel)).digest('hex').slice(0, 10) : 'dev';

export default defineConfig({
  define: { __PANEL_VERSION__: JSON.stringify(version) },
  build: {
    target: 'es2020',
    outDir: '../widget/dist',
    emptyOutDir: false,
    lib: { entry: 'src/loader.ts', formats: ['iife'], name: 'mainstayLoader', fileName: () => 'loader.js' },
  },
});
