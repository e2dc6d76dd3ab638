// Texts that try to become code go through every field a person can write into, and are looked at in console and widget.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PAYLOADS } from './payloads.mjs';
import { agentPage, askByWidget, BASE, composer, newPage, openTicket, startBrowser, story, unique } from './stage.mjs';

let browser;
before(async () => void (browser = await startBrowser()));
after(() => browser?.close());

/** Hears a text that ran, in this page and every frame. */
async function listening(page) {
  await page.context().exposeFunction('pwned', (number) => page.troubles.push(`ran ${number}`));
  return page;
}

/** Presses every link that a message shows; none may run or leave. */
async function pressLinks(page, place) {
  const links = await place.locator('a').all();
  for (const link of links) assert.match((await link.getAttribute('href')) ?? 'https:', /^(https?|mailto|tel|blob):|^\//);
}

test('as messages of a customer and of a member, in every body format', async () => {
  const customer = await listening(await newPage(browser));
  const word = unique('inj');
  const dialog = await askByWidget(customer, `${word} ${PAYLOADS[0]}`, { name: PAYLOADS[1] });
  for (const payload of PAYLOADS) {
    await dialog.getByLabel('Your message').fill(payload);
    await customer.keyboard.press('Enter');
  }
  await dialog.locator('[data-waiting]').first().waitFor({ state: 'detached', timeout: 60_000 });
  await dialog.locator('[data-waiting]').last().waitFor({ state: 'detached', timeout: 60_000 });

  const agent = await listening(await agentPage(browser));
  await openTicket(agent, word);
  const ticket = new URL(agent.url()).pathname.split('/').at(-1);
  const refused = await agent.evaluate(async ({ ticket, payloads }) => {
    const refused = [];
    for (const body of payloads) {
      for (const [kind, format] of [['reply', 'text'], ['reply', 'markdown'], ['reply', 'html'], ['note', 'markdown'], ['note', 'html']]) {
        const answer = await fetch(`/api/v1/tickets/${ticket}/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ kind, body, body_format: format }),
        });
        if (answer.status >= 500) refused.push(`${answer.status} ${format} ${body}`);
      }
    }
    return refused;
  }, { ticket, payloads: PAYLOADS });
  assert.deepEqual(refused, []);

  await agent.reload();
  await story(agent).locator('article').nth(PAYLOADS.length).waitFor({ timeout: 30_000 });
  for (const article of await story(agent).locator('article').all()) await article.scrollIntoViewIfNeeded();
  await pressLinks(agent, story(agent));
  await customer.reload();
  await customer.getByRole('dialog').getByRole('log').locator('article').nth(PAYLOADS.length).waitFor();
  await pressLinks(customer, customer.getByRole('dialog').getByRole('log'));
  await customer.waitForTimeout(500);
  assert.deepEqual([...agent.troubles, ...customer.troubles], []);
});

test('as subjects, names, searches and settings', async () => {
  const agent = await listening(await agentPage(browser));
  const made = await agent.evaluate(async (payloads) => {
    const post = (path, body) =>
      fetch(`/api/v1${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const answers = [];
    for (const [at, text] of payloads.entries()) {
      const requester = { email: `inj${at}-${Date.now()}@example.com`, name: text };
      answers.push(await post('/tickets', { subject: text, body: text, requester, tags: [text.slice(0, 40)] }));
    }
    answers.push(await post('/teams', { name: payloads[1] }), await post('/tokens', { name: payloads[2], kind: 'personal', rights: [] }));
    answers.push(await post('/widget-keys', { name: payloads[3], allowed_origins: ['https://app.example.com'] }));
    return answers.map((answer) => answer.status).filter((status) => status >= 500);
  }, PAYLOADS);
  assert.deepEqual(made, []);

  await agent.goto(`${BASE}/inbox/all`);
  await agent.getByRole('row').first().waitFor();
  for (let steps = 0; steps < PAYLOADS.length; steps += 1) {
    await agent.keyboard.press('j');
    await composer(agent).waitFor();
  }
  for (const payload of PAYLOADS.slice(0, 6)) {
    await agent.getByLabel('Search tickets').fill(payload);
    await agent.keyboard.press('Enter');
    await agent.waitForTimeout(250);
  }
  for (const page of ['members', 'tokens', 'widget']) {
    await agent.goto(`${BASE}/settings/${page}`);
    await agent.getByRole('heading', { level: 1 }).waitFor();
    await agent.waitForTimeout(200);
  }
  assert.deepEqual(agent.troubles, []);
});

test('as addresses of the console', async () => {
  const agent = await listening(await agentPage(browser));
  for (const payload of PAYLOADS.slice(0, 12)) {
    const text = encodeURIComponent(payload);
    for (const path of [`/inbox/${text}`, `/inbox/open?q=${text}`, `/inbox/open/${text}`, `/sign-in?to=${text}`, `/${text}`, `/reset#${text}`]) {
      await agent.goto(BASE + path, { waitUntil: 'domcontentloaded' }).catch(() => undefined);
    }
  }
  await agent.goto(`${BASE}/sign-in?to=javascript:window.pwned(99)`);
  assert.deepEqual(agent.troubles.filter((trouble) => !trouble.startsWith('error: ')), []);
});

test('as an article: in the editor, its preview, its versions and the help centre', async () => {
  const agent = await listening(await agentPage(browser));
  const word = unique('art');
  await agent.goto(`${BASE}/knowledge/articles/new`);
  await agent.getByRole('textbox', { name: 'Title' }).fill(`${word} ${PAYLOADS[1]}`);
  await agent.getByRole('textbox', { name: 'Text in Markdown' }).fill(PAYLOADS.join('\n\n'));
  const preview = agent.getByRole('region', { name: 'Preview' });
  await preview.locator('.article-html').waitFor();
  await pressLinks(agent, preview);
  await agent.getByRole('button', { name: 'Publish', exact: true }).click();
  await agent.waitForURL(/articles\/art_/);
  await agent.getByText('Published', { exact: true }).waitFor();
  await agent.getByRole('link', { name: 'Versions' }).click();
  await agent.getByRole('heading', { level: 1 }).waitFor();
  await agent.goto(`${BASE}/knowledge/search?q=${word}`);
  await agent.waitForTimeout(1_500);

  const reader = await listening(await newPage(browser));
  await reader.goto(`${BASE}/help/en/search?q=${word}`);
  await reader.getByRole('link', { name: new RegExp(word) }).first().click();
  await reader.waitForTimeout(500);
  await pressLinks(reader, reader.locator('main'));
  assert.deepEqual([...agent.troubles, ...reader.troubles], []);
});
