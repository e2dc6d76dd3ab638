// The connection: resumes where it was, waits longer each time, says what it is doing, and stops when told.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Connection, type LiveState } from './connection';
import { retryDelay } from './retry';
import type { Frame } from './stream';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Scene {
  connection: Connection;
  opened: (string | null)[];
  states: LiveState[];
  frames: Frame[];
  expired: number;
}

function scene(answers: (() => Response | Promise<Response>)[]): Scene {
  const scene: Scene = { opened: [], states: [], frames: [], expired: 0, connection: null as unknown as Connection };
  scene.connection = new Connection({
    open: async (lastId) => {
      scene.opened.push(lastId);
      const answer = answers[scene.opened.length - 1] ?? (() => new Promise<Response>(() => undefined));
      return answer();
    },
    onFrame: (frame) => scene.frames.push(frame),
    onState: (state) => scene.states.push(state),
    onExpired: () => (scene.expired += 1),
    random: () => 0,
  });
  return scene;
}

test('a dropped stream is resumed after the last frame', async () => {
  const { connection, opened, states, frames } = scene([() => new Response('id: 41\nevent: hello\ndata: {}\n\n')]);
  connection.start();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(opened).toEqual([null, '41']);
  expect(frames.map((frame) => frame.event)).toEqual(['hello']);
  expect(states).toEqual(['connecting', 'live', 'reconnecting']);
  connection.stop();
});

test('a refusal for good ends it, an expired cursor starts afresh', async () => {
  const out = scene([() => new Response('', { status: 401 })]);
  out.connection.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(out.states.at(-1)).toBe('signed_out');
  expect(out.opened).toHaveLength(1);

  const old = scene([() => new Response('', { status: 410 })]);
  old.connection.lastId = '3';
  old.connection.start();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(old.opened).toEqual(['3', null]);
  expect(old.expired).toBe(1);
  old.connection.stop();
});

test('hurry skips the wait; stop ends it', async () => {
  const fail = () => Promise.reject(new TypeError('offline'));
  const { connection, opened, states } = scene([fail, fail, fail, fail]);
  connection.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(opened).toHaveLength(1);
  connection.hurry();
  await vi.advanceTimersByTimeAsync(0);
  expect(opened).toHaveLength(2);
  connection.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened).toHaveLength(2);
  expect(states.at(-1)).toBe('stopped');
});

test('a silent line counts as dead', async () => {
  const silent = () => new Response(new ReadableStream());
  let aborted = false;
  const connection = new Connection({
    open: async (_, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return silent();
    },
    onFrame: () => undefined,
    onState: () => undefined,
    silenceMs: 1_000,
  });
  connection.start();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(aborted).toBe(true);
  connection.stop();
});

test('waiting doubles, is capped, and never lines up a crowd', () => {
  expect([0, 1, 2].map((attempt) => retryDelay(attempt, () => 0))).toEqual([250, 500, 1_000]);
  expect(retryDelay(50, () => 0.999)).toBeLessThanOrEqual(30_000);
  expect(retryDelay(3, () => 0.9)).not.toBe(retryDelay(3, () => 0.1));
});
