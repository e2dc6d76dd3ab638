// Unit tests of all workspaces in one run; browser tests live in `e2e` and run on their own.
// A test that needs a document says so in its first line: starting one takes most of the time.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { environmentOptions: { jsdom: { url: 'http://127.0.0.1/' } }, include: ['*/src/**/*.test.{ts,tsx}'] },
});
