// The console's build: one page under `/`, everything else hashed under `/assets/`.
// In development the API comes from a running server (MAINSTAY_URL, default the local one).
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.MAINSTAY_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    outDir: 'dist',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': server, '/widget': server, '/demo-app': server, '/help': server } },
});
