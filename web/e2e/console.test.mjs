// The agent's day in the console: list, note, assign, status, search, guard, keyboard, trouble, another language.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { agentPage, askByWidget, BASE, composer, newPage, openTicket, shot, startBrowser, story, unique } from './stage.mjs';

let browser;
before(async () => void (browser = await startBrowser()));
after(() => browser?.close());

/** A customer with one open question, and an agent who has it open. */
async function opened(word) {
  const [agent, customer] = [await agentPage(browser), await newPage(browser)];
  const question = `Question about ${unique(word)}`;
  const dialog = await askByWidget(customer, question);
  await openTicket(agent, question);
  return { agent, customer, dialog, question };
}

test('a wrong password says so and keeps the address', async () => {
  const page = await newPage(browser);
  await page.goto(BASE);
  await page.getByLabel('E-mail address').fill('nobody@example.com');
  await page.getByLabel('Password').fill('not the password');
  await shot(page, 'sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('do not go together').waitFor();
  assert.equal(await page.getByLabel('E-mail address').inputValue(), 'nobody@example.com');
  await shot(page, 'sign-in-refused');
});

test('new tickets wait behind a pill and nothing moves', async () => {
  const agent = await agentPage(browser);
  const customer = await newPage(browser);
  await agent.getByRole('row').first().waitFor();
  const before = await agent.getByRole('row').first().textContent();
  const question = `A new one ${unique('p')}`;
  await askByWidget(customer, question);
  await agent.getByRole('button', { name: /new tickets?$/ }).waitFor();
  assert.equal((await agent.getByRole('row').first().textContent())?.replace(/now|\d+ \w+ ago/g, ''), before?.replace(/now|\d+ \w+ ago/g, ''));
  await shot(agent, 'console-pill');
  await agent.keyboard.press('.');
  await agent.getByRole('row').filter({ hasText: question }).waitFor();
});

test('two tabs share one live connection', async () => {
  const first = await agentPage(browser);
  // The page is drawn before it listens: what it hears shows that it does, and from then on streams are counted.
  await askByWidget(await newPage(browser), `For the first tab ${unique('tabs')}`);
  await first.getByRole('button', { name: '1 new ticket' }).waitFor();
  await first.keyboard.press('.');
  await first.getByRole('button', { name: '1 new ticket' }).waitFor({ state: 'detached' });
  let streams = 0;
  first.context().on('request', (request) => (streams += request.url().includes('/events/stream') ? 1 : 0));
  const second = await first.context().newPage();
  await second.goto(`${BASE}/inbox/open`);
  await second.getByRole('row').first().waitFor();
  const customer = await newPage(browser);
  await askByWidget(customer, `For both tabs ${unique('tabs')}`);
  for (const page of [first, second]) await page.getByRole('button', { name: /new tickets?$/ }).waitFor();
  assert.equal(streams, 0);
  await first.close();
  await askByWidget(await newPage(browser), `For the tab that is left ${unique('tabs')}`);
  await second.getByRole('button', { name: '2 new tickets' }).waitFor();
  assert.equal(streams, 1);
});

test('counts are exact and follow', async () => {
  const { agent } = await opened('counts');
  const count = async () => Number((await agent.getByRole('link', { name: /^Mine/ }).locator('.view-count').textContent())?.replace(/\D/g, ''));
  const before = await count();
  await agent.keyboard.press('a');
  await agent.getByRole('menuitem', { name: /\(me\)/ }).click();
  await agent.waitForFunction((expected) => Number(document.querySelector('a[href="/inbox/mine"] .view-count')?.textContent?.replace(/\D/g, '')) === expected, before + 1);
});

test('assign, status with what it waits for, priority: each shows at once and stays', async () => {
  const { agent, question } = await opened('verbs');
  await agent.getByRole('button', { name: /^Assign, now nobody/ }).click();
  await shot(agent, 'console-assign');
  await agent.getByRole('menuitem', { name: /\(me\)/ }).click();
  await agent.getByRole('button', { name: /^Status: Open/ }).click();
  await agent.getByRole('menuitem', { name: 'Pending, waiting for a third party' }).click();
  await agent.getByRole('button', { name: /^Priority: Normal/ }).click();
  await agent.getByRole('menuitem', { name: 'Urgent' }).click();
  await agent.getByRole('button', { name: /^Priority: Urgent/ }).waitFor();
  await story(agent).getByText(/set the status to Pending/).waitFor();
  await agent.reload();
  await story(agent).getByText(question).waitFor();
  await agent.getByRole('button', { name: 'Status: Pending, waiting for a third party' }).waitFor();
  await agent.getByRole('button', { name: 'Priority: Urgent' }).waitFor();
  assert.equal(await agent.getByRole('button', { name: /^Assign, now nobody/ }).count(), 0);
  await shot(agent, 'console-ticket');
});

test('a note is unmistakable: other words, other ground', async () => {
  const { agent } = await opened('note');
  const ground = () => agent.locator('.composer').evaluate((place) => getComputedStyle(place).backgroundColor);
  const replyGround = await ground();
  await agent.keyboard.press('x');
  await agent.getByRole('button', { name: 'Add note' }).waitFor();
  await agent.getByText('Only your team will read this').waitFor();
  assert.notEqual(await ground(), replyGround);
  await agent.keyboard.type('Looks like the October import.');
  await shot(agent, 'console-note');
  await agent.keyboard.press('Control+Enter');
  await story(agent).getByText('Note, only for your team').waitFor();
});

test('a reply does not cross a message nobody has seen', async () => {
  const agent = await agentPage(browser);
  await agent.route('**/api/v1/events/stream*', (route) => route.abort());
  const customer = await newPage(browser);
  const question = `Crossing ${unique('g')}`;
  const dialog = await askByWidget(customer, question);
  await agent.reload();
  await openTicket(agent, question);
  const second = `Wait, one more thing ${unique('w')}`;
  await dialog.getByLabel('Your message').fill(second);
  await customer.keyboard.press('Enter');
  await dialog.locator('[data-waiting]').waitFor({ state: 'detached' });

  const answer = `Here is how ${unique('a')}`;
  await composer(agent).fill(answer);
  await agent.keyboard.press('Control+Enter');
  await agent.getByRole('alert').getByText(second).waitFor();
  await shot(agent, 'console-guard');
  assert.equal(await composer(agent).inputValue(), answer);
  assert.equal(await dialog.getByText(answer).count(), 0);
  await agent.getByRole('button', { name: 'Send anyway' }).click();
  await story(agent).getByText(answer).waitFor();
  await dialog.getByText(answer).waitFor();
});

test('an error keeps every word, and trying again sends once', async () => {
  const { agent } = await opened('error');
  const answer = `Kept words ${unique('k')}`;
  await agent.route('**/messages', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await composer(agent).fill(answer);
  await agent.keyboard.press('Control+Enter');
  await agent.getByRole('alert').getByText('Your text is kept.').waitFor();
  await shot(agent, 'console-not-sent');
  await agent.reload();
  await composer(agent).waitFor();
  assert.equal(await composer(agent).inputValue(), answer);
  await agent.unroute('**/messages');
  await composer(agent).focus();
  await agent.keyboard.press('Control+Enter');
  await story(agent).getByText(answer).waitFor();
  assert.equal(await story(agent).getByText(answer).count(), 1);
});

test('search finds a word of a message, and says when there is nothing', async () => {
  const { agent, question } = await opened('search');
  const word = question.split(' ').at(-1);
  const hit = agent.getByRole('list', { name: `Results for ${word}` }).getByRole('button').filter({ hasText: question });
  for (let tries = 0; tries < 20 && (await hit.count()) === 0; tries += 1) {
    await agent.goto(`${BASE}/inbox/open`);
    await agent.getByRole('row').first().waitFor();
    await agent.keyboard.press('/');
    await agent.keyboard.type(word);
    await hit.first().waitFor({ timeout: 2_000 }).catch(() => undefined);
  }
  await hit.first().click();
  await story(agent).getByText(question).waitFor();
  await shot(agent, 'console-search');
  await agent.getByLabel('Search tickets').fill('zzqqxxnothing');
  await agent.getByText(/Nothing found for/).waitFor();
});

test('the keyboard does it all', async () => {
  const { agent } = await opened('keys');
  const address = () => agent.evaluate(() => location.pathname);
  const first = await address();
  await agent.keyboard.press('j');
  await agent.waitForFunction((was) => location.pathname !== was, first);
  await agent.keyboard.press('k');
  await agent.waitForFunction((was) => location.pathname === was, first);
  await agent.keyboard.press('?');
  await agent.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await shot(agent, 'console-keys');
  await agent.keyboard.press('Escape');
  await agent.getByRole('dialog').waitFor({ state: 'detached' });
  await agent.keyboard.press('r');
  await agent.keyboard.type('jkexa?');
  assert.equal(await composer(agent).inputValue(), 'jkexa?');
  await composer(agent).fill('');
  await agent.keyboard.press('Escape');
  await agent.keyboard.press('e');
  await agent.getByText(/is resolved\./).waitFor();
  await agent.getByRole('button', { name: 'Undo' }).click();
  await agent.getByRole('button', { name: /^Status: Open/ }).waitFor();
});

test('keys can be turned off', async () => {
  const agent = await agentPage(browser);
  await agent.getByRole('row').first().waitFor();
  await agent.evaluate(() => localStorage.setItem('mainstay.prefs', JSON.stringify({ keys: false })));
  await agent.reload();
  await agent.getByRole('row').first().waitFor();
  await agent.keyboard.press('j');
  await agent.waitForTimeout(300);
  assert.equal(await agent.evaluate(() => location.pathname), '/inbox/open');
});

test('a member opens a ticket for a customer', async () => {
  const agent = await agentPage(browser);
  await agent.getByRole('row').first().waitFor();
  await agent.keyboard.press('c');
  const dialog = agent.getByRole('dialog', { name: 'New ticket' });
  const subject = `Called us ${unique('c')}`;
  await dialog.getByLabel('Customer’s e-mail address').fill(`${unique('caller')}@example.com`);
  await dialog.getByLabel('Customer’s name').fill('Olga Petrova');
  await dialog.getByLabel('Subject').fill(subject);
  await dialog.getByLabel('What the customer said').fill('The export stops at 40 %.');
  await shot(agent, 'console-opening');
  await dialog.getByRole('button', { name: 'Open ticket' }).click();
  await agent.getByRole('heading', { name: subject }).waitFor();
  await story(agent).getByText('The export stops at 40 %.').waitFor();
});

test('trouble, offline and a very long message each have their own face', async () => {
  const { agent } = await opened('faces');
  await agent.context().setOffline(true);
  const offline = agent.locator('.side').getByText(/You are offline/);
  await offline.waitFor();
  await shot(agent, 'console-offline');
  await agent.context().setOffline(false);
  await offline.waitFor({ state: 'detached' });

  await agent.route('**/api/v1/tickets?*', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"code":"busy","reference":"ref_42"}' }));
  await agent.getByRole('link', { name: /^Resolved/ }).click();
  await agent.getByText('Reference ref_42').waitFor();
  await shot(agent, 'console-trouble');
  await agent.unroute('**/api/v1/tickets?*');
  await agent.getByRole('button', { name: 'Try again' }).click();
  await agent.getByRole('alert').waitFor({ state: 'detached' });

  await agent.route('**/messages?*', async (route) => {
    const answer = await (await route.fetch()).json();
    answer.items[0].html = `<p>${'long '.repeat(80_000)}END</p>`;
    await route.fulfill({ json: answer });
  });
  await agent.goto(`${BASE}/inbox/open`);
  await agent.getByRole('row').first().click();
  await agent.getByRole('button', { name: /Open the full message/ }).click();
  await story(agent).getByText(/END$/).first().waitFor();
});

test('who may only look is told so', async () => {
  const agent = await agentPage(browser);
  await agent.route('**/api/v1/session', async (route) => {
    const answer = await (await route.fetch()).json();
    answer.member.role = 'viewer';
    await route.fulfill({ json: answer });
  });
  await agent.goto(`${BASE}/inbox/open`);
  await agent.getByRole('row').first().click();
  await agent.getByText('You can look, not change.').waitFor();
  assert.equal(await composer(agent).count(), 0);
  await agent.goto(`${BASE}/settings/widget`);
  await agent.getByText('Only for administrators').waitFor();
  await shot(agent, 'settings-closed');
});

test('settings: an invitation link, a token shown once, a widget key', async () => {
  const agent = await agentPage(browser);
  await agent.goto(`${BASE}/settings/members`);
  await agent.getByRole('button', { name: 'Invite a member' }).click();
  const dialog = agent.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Sam Okoye');
  await dialog.getByLabel('E-mail address').fill(`${unique('sam')}@example.com`);
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  assert.match(await dialog.getByLabel('Link to send').inputValue(), /\/invite#.+/);
  await shot(agent, 'settings-invite');
  await dialog.getByRole('button', { name: 'Done' }).click();

  await agent.goto(`${BASE}/settings/tokens`);
  const name = unique('export');
  await agent.getByRole('button', { name: 'New token' }).click();
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  assert.match(await dialog.getByLabel('Your new token').inputValue(), /^ms_/);
  await shot(agent, 'settings-token');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await agent.getByRole('button', { name: `Revoke ${name}` }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await agent.getByRole('button', { name: `Revoke ${name}` }).waitFor({ state: 'detached' });

  await agent.goto(`${BASE}/settings/widget`);
  const site = unique('site');
  await agent.getByRole('button', { name: 'New key' }).click();
  await dialog.getByLabel('Name').fill(site);
  await dialog.getByLabel('Allowed origins').fill('https://app.example.com');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await agent.getByRole('heading', { name: site, exact: true }).waitFor();
  await agent.getByRole('button', { name: `Remove ${site}` }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await agent.getByRole('heading', { name: site, exact: true }).waitFor({ state: 'detached' });
  await shot(agent, 'settings-widget');
  assert.deepEqual(agent.troubles, []);
});

test('an incomplete link says what to do', async () => {
  const page = await newPage(browser);
  for (const path of ['/invite', '/reset']) {
    await page.goto(BASE + path);
    await page.getByRole('heading', { name: 'This link is incomplete' }).waitFor();
  }
  await page.goto(`${BASE}/reset#a-token`);
  await page.getByLabel('New password').waitFor();
  assert.equal(new URL(page.url()).hash, '');
});

test('in German, and on a phone one pane at a time', async () => {
  const german = await agentPage(browser, { locale: 'de-DE' });
  await german.getByRole('navigation', { name: 'Ansichten' }).waitFor();
  await german.getByRole('row').first().click();
  await german.getByRole('button', { name: 'Antwort senden' }).waitFor();
  await shot(german, 'console-german');

  const phone = await agentPage(browser, { viewport: { width: 390, height: 844 } });
  await phone.getByRole('row').first().waitFor();
  await shot(phone, 'phone-list');
  assert.equal(await phone.locator('.pane-conversation').isVisible(), false);
  await phone.getByRole('row').first().click();
  await composer(phone).waitFor();
  await shot(phone, 'phone-ticket');
  await phone.getByRole('button', { name: 'Back to the list' }).click();
  await phone.getByRole('button', { name: 'Views' }).click();
  await shot(phone, 'phone-views');
  await phone.getByRole('link', { name: /^All/ }).click();
  await phone.getByRole('heading', { name: 'All' }).waitFor();
});

test('a file travels both ways', async () => {
  const { agent, customer, dialog } = await opened('files');
  const file = (name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(`contents of ${name}`) });
  await agent.locator('input[type=file]').setInputFiles(file('how to.txt'));
  await agent.getByRole('button', { name: 'Remove how to.txt' }).waitFor();
  await composer(agent).fill('Please see the file.');
  await agent.getByRole('button', { name: 'Send reply' }).click();
  await story(agent).getByRole('link', { name: /how to\.txt/ }).waitFor();
  const link = dialog.getByRole('link', { name: /how to\.txt/ });
  await link.waitFor();
  const answer = await customer.context().request.get(await link.getAttribute('href'));
  assert.equal(await answer.text(), 'contents of how to.txt');
  assert.match(answer.headers()['content-disposition'], /^attachment/);

  await dialog.locator('input[type=file]').setInputFiles(file('mine.txt'));
  await dialog.getByRole('button', { name: 'Remove mine.txt' }).waitFor();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await story(agent).getByRole('link', { name: /mine\.txt/ }).waitFor();
});
