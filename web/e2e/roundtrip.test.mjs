// The main job: a customer asks on the host page, an agent answers in the console, the answer appears live and stays.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { agentPage, askByWidget, newPage, openTicket, shot, startBrowser, unique } from './stage.mjs';

let browser;
before(async () => void (browser = await startBrowser()));
after(() => browser?.close());

test('a question becomes an answered ticket, live on both sides', async () => {
  const agent = await agentPage(browser);
  const customer = await newPage(browser);

  const question = `Where do I find my invoices? ${unique('q')}`;
  const dialog = await askByWidget(customer, question, { name: 'Lena Vogt' });
  await shot(customer, 'widget-asked');
  await openTicket(agent, question);

  const answer = `Under Settings, then Billing. ${unique('a')}`;
  await agent.getByLabel(/^Reply to/).last().fill(answer);
  await agent.keyboard.press('Control+Enter');
  await agent.getByRole('log', { name: 'Conversation' }).getByText(answer).waitFor();
  await dialog.getByRole('log').getByText(answer).waitFor();
  await shot(customer, 'widget-answered');
  await shot(agent, 'console-answered');

  const thanks = `Found it, thank you! ${unique('t')}`;
  await dialog.getByLabel('Your message').fill(thanks);
  await customer.keyboard.press('Enter');
  await agent.getByRole('log', { name: 'Conversation' }).getByText(thanks).waitFor();

  await customer.reload();
  const reopened = customer.getByRole('dialog').getByRole('log');
  for (const said of [question, answer, thanks]) await reopened.getByText(said).waitFor();
  assert.deepEqual(await customer.context().cookies(), []);
  assert.deepEqual([...agent.troubles, ...customer.troubles], []);
});

test('a note never reaches the customer', async () => {
  const agent = await agentPage(browser);
  const customer = await newPage(browser);
  const question = `Can I change my plan? ${unique('q')}`;
  const dialog = await askByWidget(customer, question);
  await openTicket(agent, question);
  const note = `Ask sales first ${unique('n')}`;
  await agent.keyboard.press('x');
  await agent.keyboard.type(note);
  await agent.keyboard.press('Control+Enter');
  await agent.getByRole('log', { name: 'Conversation' }).getByText(note).waitFor();
  await agent.keyboard.press('Escape');
  await agent.keyboard.press('r');
  const answer = `You can, at any time. ${unique('a')}`;
  await agent.keyboard.type(answer);
  await agent.keyboard.press('Control+Enter');
  await dialog.getByRole('log').getByText(answer).waitFor();
  assert.equal(await customer.getByText(note).count(), 0);
  await customer.reload();
  await customer.getByRole('dialog').getByText(answer).waitFor();
  assert.equal(await customer.getByText(note).count(), 0);
});

test('what is written offline waits, says so, and is sent once', async () => {
  const customer = await newPage(browser);
  const dialog = await askByWidget(customer, `First question ${unique('q')}`);
  await customer.context().setOffline(true);
  const later = `Written in a tunnel ${unique('o')}`;
  await dialog.getByLabel('Your message').fill(later);
  await customer.keyboard.press('Enter');
  await dialog.getByText('Waiting for the connection').waitFor();
  await dialog.getByText(/You are offline/).waitFor();
  await shot(customer, 'widget-offline');
  await customer.context().setOffline(false);
  await dialog.locator('[data-waiting]').waitFor({ state: 'detached', timeout: 20_000 });
  await customer.reload();
  await customer.getByRole('dialog').getByRole('log').getByText(later).waitFor();
  assert.equal(await customer.getByRole('dialog').getByText(later).count(), 1);
});
