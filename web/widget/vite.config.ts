// The panel's build: one module under a stable name; the loader adds its hash as a query.
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    target: 'es2022',
    outDir: 'dist',
    lib: { entry: 'src/panel.tsx', formats: ['es'], fileName: () => 'panel.js' },
  },
});
