// The client: what it sends, and that everything that can go wrong is one kind of error.
import { describe, expect, test } from 'vitest';
import { ApiProblem } from './problem';
import { Client, withQuery } from './client';
import { everyPage } from './calls';

function clientThat(answer: (url: string, init: RequestInit) => Response | Promise<Response>, timeoutMs = 50) {
  const sent: { url: string; init: RequestInit }[] = [];
  const fetch = (async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return answer(url, init);
  }) as typeof globalThis.fetch;
  return { client: new Client({ fetch, timeoutMs }), sent };
}

const problem = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json', ...headers } });

async function failure(promise: Promise<unknown>): Promise<ApiProblem> {
  return promise.then(
    () => expect.unreachable('should have failed'),
    (thrown: unknown) => thrown as ApiProblem,
  ) as Promise<ApiProblem>;
}

describe('sending', () => {
  test('a version becomes If-Match and a key becomes Idempotency-Key', async () => {
    const { client, sent } = clientThat(() => new Response('{}'));
    await client.patch('/x', { a: 1 }, { version: 7, idempotencyKey: 'k1' });
    const headers = sent[0]?.init.headers as Record<string, string>;
    expect(headers['if-match']).toBe('"7"');
    expect(headers['idempotency-key']).toBe('k1');
    expect(sent[0]?.init.body).toBe('{"a":1}');
  });

  test('a body is only announced as JSON when there is one', async () => {
    const { client, sent } = clientThat(() => new Response('{}'));
    await client.get('/x');
    expect(sent[0]?.init.headers).not.toHaveProperty('content-type');
  });

  test('empty query values are left out', () => {
    expect(withQuery('/t', { view: 'mine', after: null, status: undefined, q: '', limit: 0 })).toBe('/t?view=mine&limit=0');
  });

  test('204 is undefined, not a parse error', async () => {
    const { client } = clientThat(() => new Response(null, { status: 204 }));
    await expect(client.delete('/x')).resolves.toBeUndefined();
  });
});

describe('failing', () => {
  test('a problem keeps code, reference, fields and Retry-After', async () => {
    const body = { code: 'rate_limited', title: 'Too many', reference: 'r1', errors: [{ pointer: '/email', code: 'bad', message: 'No' }] };
    const { client } = clientThat(() => problem(429, body, { 'retry-after': '3' }));
    const thrown = await failure(client.get('/x'));
    expect(thrown).toBeInstanceOf(ApiProblem);
    expect([thrown.status, thrown.code, thrown.reference, thrown.retryAfter]).toEqual([429, 'rate_limited', 'r1', 3]);
    expect(thrown.fieldError('/email')).toBe('No');
    expect(thrown.isPassing).toBe(true);
  });

  test('an error page that is not JSON still is a problem', async () => {
    const { client } = clientThat(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    expect((await failure(client.get('/x'))).code).toBe('http_502');
  });

  test('a lost line, a slow answer, a changed mind and a broken body have their own codes', async () => {
    const offline = clientThat(() => Promise.reject(new TypeError('fetch failed')));
    expect((await failure(offline.client.get('/x'))).code).toBe('offline');
    const hanging = (_: string, init: RequestInit) =>
      new Promise<Response>((_done, fail) => init.signal?.addEventListener('abort', () => fail(new Error('aborted'))));
    expect((await failure(clientThat(hanging, 5).client.get('/x'))).code).toBe('timeout');
    const signal = AbortSignal.abort();
    const given = clientThat(() => Promise.reject(new Error('aborted')));
    expect((await failure(given.client.get('/x', { signal }))).code).toBe('aborted');
    expect((await failure(clientThat(() => new Response('{oops')).client.get('/x'))).code).toBe('unreadable_answer');
  });
});

test('every page is read until there is no next', async () => {
  const pages = [{ items: [1, 2], next: 'b' }, { items: [3], next: null }];
  const asked: (string | null)[] = [];
  const items = await everyPage(async (after) => {
    asked.push(after);
    return pages[asked.length - 1] ?? { items: [], next: null };
  });
  expect(items).toEqual([1, 2, 3]);
  expect(asked).toEqual([null, 'b']);
});
