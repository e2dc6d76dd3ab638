// @vitest-environment jsdom
// The widget's own rules: two languages, who is asking, a theme that always reads, nothing shown twice.
import { expect, test, vi } from 'vitest';
import { mergeMessages, mergeTickets } from './desk';
import { endOf, Identity } from './identity';
import { themeOf } from './look';
import { pendingOf } from './ticket';
import { de, en, widgetWords } from './words';

test('German says everything English says', () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  expect(widgetWords('de-AT').say('send')).toBe('Senden');
  expect(widgetWords('fr').say('send')).toBe('Send');
});

test('a signed token is used until shortly before its end, then asked for anew', async () => {
  const claims = btoa(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 3_600 }));
  expect(endOf(`h.${claims}.s`)).toBeGreaterThan(Date.now() / 1000);
  expect(endOf('nonsense')).toBe(0);
  const identity = vi.fn(async () => `h.${claims}.s`);
  window.mainstay = { identity };
  const signed = new Identity('', 'wk_1');
  const headers = await signed.api.client.headers();
  await signed.api.client.headers();
  expect(headers).toMatchObject({ 'x-widget-key': 'wk_1', authorization: `Bearer h.${claims}.s` });
  expect(identity).toHaveBeenCalledTimes(1);
  delete window.mainstay;
});

test('a visitor without a device sends no token and makes none by looking', async () => {
  localStorage.clear();
  const visitor = new Identity('', 'wk_1');
  expect(visitor.isKnown).toBe(false);
  expect(await visitor.api.client.headers()).not.toHaveProperty('authorization');
  localStorage.setItem('mainstay.device.wk_1', 'dv_1');
  expect(await new Identity('', 'wk_1').api.client.headers()).toMatchObject({ authorization: 'Visitor dv_1' });
});

test('a theme takes colours and nothing else', () => {
  expect(themeOf('#ff0000', '#101418')).toContain('color-scheme:dark');
  expect(themeOf('red;} body{display:none', 'x')).toBe(themeOf('#0b6b74', '#ffffff'));
});

test('a message that arrived is no longer on its way', () => {
  const item = { clientId: 'c1', ticketId: 'tkt_1', body: 'x', files: [], at: '' };
  const arrived = { id: 'm', ticket_id: 'tkt_1', author: { kind: 'me', name: null }, html: '', text: '', attachments: [], client_id: 'c1', created_at: '1' };
  expect(pendingOf('tkt_1', [item], [])).toEqual([item]);
  expect(pendingOf('tkt_1', [item], [arrived])).toEqual([]);
  expect(pendingOf('tkt_2', [item], [])).toEqual([]);
  expect(mergeMessages([arrived], [arrived, { ...arrived, id: 'n', created_at: '0' }]).map((each) => each.id)).toEqual(['n', 'm']);
});

test('conversations are newest first, each once', () => {
  const ticket = (id: string, at: string) => ({ id, number: 1, subject: '', status: 'open', opened_at: at, last_message_at: at, preview: null });
  expect(mergeTickets([ticket('a', '1')], [ticket('b', '2'), ticket('a', '3')]).map((each) => each.id)).toEqual(['a', 'b']);
});
