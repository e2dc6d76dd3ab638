// How an administrator sets up the desk: each page of the settings is used as it is meant, ends on something the server really
// did, and is looked over by axe on the way. What is typed wrong is answered at its place.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clean } from './axe.mjs';
import { agentPage, askByWidget, BASE, newPage, openTicket, shot, startBrowser, story, unique, until } from './stage.mjs';

let browser;
before(async () => void (browser = await startBrowser()));
after(() => browser?.close());

/** A page of the settings, ready. */
async function settings(name, options) {
  const page = await agentPage(browser, options);
  await page.goto(`${BASE}/settings/${name}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

/** What the server says, as the member of that page. */
async function ask(page, path) {
  const answer = await page.request.get(`${BASE}/api/v1${path}`);
  assert.equal(answer.status(), 200, path);
  return answer.json();
}

/** Sends something as the member of that page, from the page itself. */
async function send(page, method, path, body) {
  const [status, text] = await page.evaluate(async ([how, to, what]) => {
    const answer = await fetch(`/api/v1${to}`, { method: how, headers: { 'content-type': 'application/json' }, body: JSON.stringify(what) });
    return [answer.status, await answer.text()];
  }, [method, path, body]);
  assert.ok(status < 300, `${path}: ${text}`);
  return text ? JSON.parse(text) : null;
}

/** Chooses one of a field with few choices. */
async function choose(within, label, choice, page) {
  await within.getByRole('button', { name: label }).first().click();
  await page.getByRole('option', { name: choice, exact: typeof choice === 'string' }).first().click();
}

const dialogOf = (page) => page.getByRole('dialog');

async function saved(page) {
  await dialogOf(page).getByRole('button', { name: 'Save', exact: true }).click();
  await dialogOf(page).waitFor({ state: 'detached' });
}

test('categories in three levels with owner and synonyms, replaced by another', async () => {
  const page = await settings('taxonomy');
  const names = [unique('Top'), unique('Middle'), unique('Low')];
  for (const [at, name] of names.entries()) {
    await page.getByRole('button', { name: 'New category' }).click();
    await dialogOf(page).getByLabel('Name', { exact: true }).fill(name);
    if (at > 0) await choose(dialogOf(page), /Stands below/, new RegExp(`${names[at - 1]}$`), page);
    if (at === 2) {
      await choose(dialogOf(page), /Who answers for it/, /Lena Hartwig/, page);
      await dialogOf(page).getByLabel('Other names').fill('refund, money back');
      await clean(page, 'category');
      await shot(page, 'settings-category');
    }
    await saved(page);
  }
  await page.getByRole('button', { name: `Replace ${names[2]}` }).click();
  await choose(dialogOf(page), /By this category/, new RegExp(`${names[1]}$`), page);
  await dialogOf(page).getByRole('button', { name: 'Replace', exact: true }).click();
  await dialogOf(page).waitFor({ state: 'detached' });
  await page.getByText(`replaced by ${names[0]} › ${names[1]}`).waitFor();
  const found = (await ask(page, '/categories?limit=100')).items.find(({ name }) => name === names[2]);
  assert.deepEqual([found.synonyms.toSorted(), found.archived, typeof found.replaced_by], [['money back', 'refund'], true, 'string']);
  await clean(page, 'taxonomy');
  await shot(page, 'settings-taxonomy');
});

test('a custom field is asked for before a ticket is resolved, and asked for at once', async () => {
  const page = await settings('taxonomy');
  const label = unique('Order');
  await page.getByRole('button', { name: 'New field' }).click();
  await dialogOf(page).getByLabel('Label').fill(label);
  await dialogOf(page).getByLabel('Key').fill('Not a key');
  await dialogOf(page).getByRole('button', { name: 'Save', exact: true }).click();
  await dialogOf(page).getByText(/is not a key/).first().waitFor();
  await dialogOf(page).getByLabel('Key').fill('');
  await choose(dialogOf(page), /What it holds/, 'One of a list', page);
  await dialogOf(page).getByLabel('Options').fill('Small\nLarge');
  await clean(page, 'field');
  await shot(page, 'settings-field');
  await saved(page);
  const needed = page.locator('.settings-block').filter({ hasText: 'To resolve a ticket' }).locator('label').filter({ hasText: label });
  await needed.click();
  const question = `May I resolve this? ${unique('n')}`;
  await askByWidget(await newPage(browser), question);
  await page.goto(`${BASE}/inbox/open`);
  await openTicket(page, question);
  await page.keyboard.press('e');
  await dialogOf(page).getByText('This is missing before the ticket can be resolved').waitFor();
  await choose(dialogOf(page), new RegExp(`${label} \\(needed\\)`), 'Large', page);
  await clean(page, 'sorting');
  await shot(page, 'desk-sorting');
  await dialogOf(page).getByRole('button', { name: 'Save and resolve' }).click();
  await page.getByRole('button', { name: /^Status: Resolved/ }).waitFor();
  await page.getByRole('complementary', { name: /.*/ }).getByText('Large').waitFor();
  await page.goto(`${BASE}/settings/taxonomy`);
  await needed.click();
  await until(async () => (await ask(page, '/resolving-rule')).required_field_ids.length === 0, async () => undefined);
});

test('a status name of our own, and a macro that uses it, tested on a real ticket', async () => {
  const page = await settings('taxonomy');
  const [status, macro] = [unique('Waits for the bank'), unique('Ask the bank')];
  await page.getByRole('button', { name: 'New name' }).click();
  await dialogOf(page).getByLabel('Name', { exact: true }).fill(status);
  await clean(page, 'status name');
  await saved(page);
  const question = `Where is my money? ${unique('m')}`;
  await askByWidget(await newPage(browser), question);

  await page.goto(`${BASE}/settings/macros`);
  await page.getByRole('button', { name: 'New macro' }).click();
  const form = dialogOf(page);
  await form.getByLabel('Name', { exact: true }).fill(macro);
  await form.getByLabel('Reply in en').fill('Hello {{customer.first_name|there}}, we ask the bank.');
  await form.getByRole('button', { name: 'Add a language' }).click();
  await form.getByLabel('Language', { exact: true }).last().fill('de');
  await form.getByLabel('Reply in de').fill('Hallo {{customer.first_name|zusammen}}, wir fragen die Bank.');
  await choose(form, /^.*Status$/, status, page);
  await form.getByLabel('Snooze for minutes').fill('90');
  await clean(page, 'macro form');
  await shot(page, 'settings-macro');
  await saved(page);
  const made = (await ask(page, '/macros?limit=100')).items.find(({ name }) => name === macro);
  assert.deepEqual(made.actions.map((action) => action.do), ['reply', 'set_status', 'snooze']);
  assert.deepEqual([made.actions[1].status, typeof made.actions[1].status_id, made.actions[2].minutes], ['pending', 'string', 90]);

  await page.getByRole('button', { name: `Test ${macro} on a real ticket` }).click();
  await choose(dialogOf(page), /Test on a real ticket/, new RegExp(question.slice(-12)), page);
  await dialogOf(page).getByText('we ask the bank').waitFor();
  await clean(page, 'macro trial');
  await shot(page, 'settings-macro-trial');
});

test('triage: examples, a model with its curve, and a text tried', async () => {
  const page = await settings('triage');
  const categories = (await ask(page, '/categories?limit=100')).items.filter(({ archived }) => !archived).slice(0, 2);
  const texts = { 0: ['the invoice is wrong', 'charged twice on my card', 'please refund the payment', 'the bill has a wrong address'], 1: ['the webhook does not fire', 'api returns an error', 'the integration lost its token', 'sync with the payroll stopped'] };
  for (const [at, category] of categories.entries()) {
    for (const text of texts[at]) {
      await send(page, 'POST', '/triage/examples', { category_id: category.id, text: `${text} ${unique('t')}` });
    }
  }
  await page.reload();
  await page.getByRole('button', { name: 'Add an example' }).click();
  await dialogOf(page).getByLabel('Text').fill('   ');
  await dialogOf(page).getByRole('button', { name: 'Save', exact: true }).click();
  await dialogOf(page).locator('.field-error').first().waitFor();
  await clean(page, 'example');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Train now' }).click();
  await page.getByRole('table', { name: 'Models' }).waitFor();
  await page.getByRole('img', { name: 'Reliability' }).waitFor();
  await page.getByLabel('Subject').fill('I was charged twice');
  await page.getByLabel('Message').fill('Please refund the second payment. We will cancel our subscription otherwise.');
  await page.getByRole('button', { name: 'Look' }).click();
  await page.getByRole('status').filter({ hasText: categories[0].name }).waitFor();
  await clean(page, 'triage');
  await shot(page, 'settings-triage');
  assert.ok((await ask(page, '/triage/models')).items.some(({ standing }) => standing === 'current'));
});

test('routing: a rule by form and as text, tried on a ticket; what cannot be is said at its place', async () => {
  const page = await settings('routing');
  const name = unique('Chat to billing');
  await page.getByRole('button', { name: 'New skill' }).click();
  await dialogOf(page).getByLabel('Name').fill(unique('Invoices'));
  await clean(page, 'skill');
  await saved(page);
  await page.getByRole('button', { name: 'New rule' }).click();
  const form = dialogOf(page);
  await form.getByLabel('Name', { exact: true }).fill(name);
  await form.getByRole('button', { name: 'Expression' }).click();
  await form.getByLabel('Expression').fill('ticket.colour == "red"');
  await form.getByText(/Line 1, column \d+/).waitFor();
  await clean(page, 'rule with a mistake');
  await shot(page, 'settings-routing-wrong');
  await form.getByLabel('Expression').fill('');
  await form.getByRole('button', { name: 'Form', exact: true }).click();
  await form.getByRole('button', { name: 'Add a condition' }).click();
  await choose(form, /Fact|Ticket: priority/, 'Ticket: channel', page);
  await choose(form, /^.*Value$/, 'Chat', page);
  await form.getByText('This condition can be asked.').waitFor();
  await choose(form, /Team/, 'Billing', page);
  await choose(form, /Test on a real ticket/, /#/, page);
  await form.getByRole('button', { name: 'Test', exact: true }).click();
  await form.getByText(/It (does not hold|holds) for ticket/).waitFor();
  await clean(page, 'routing rule');
  await shot(page, 'settings-routing-rule');
  await saved(page);
  const rule = (await ask(page, '/routing/rules')).items.find((each) => each.name === name);
  assert.equal(rule.condition.replaceAll("'", '"'), 'ticket.channel == "chat"');

  await page.getByRole('button', { name: 'Edit what Kofi Mensah can carry and do' }).click();
  await dialogOf(page).getByLabel('Own capacity').fill('0');
  await dialogOf(page).getByRole('button', { name: 'Save', exact: true }).click();
  await dialogOf(page).locator('.field-error').first().waitFor();
  await shot(page, 'settings-routing-capacity');
  await dialogOf(page).getByLabel('Own capacity').fill('5');
  if (!(await dialogOf(page).getByLabel(/zone/i).isVisible())) await choose(dialogOf(page), /Shift/, 'Hours of their own', page);
  await dialogOf(page).getByLabel(/zone/i).fill('Mars/Olympus');
  await dialogOf(page).getByRole('button', { name: 'Save', exact: true }).click();
  await dialogOf(page).locator('.field-error').first().waitFor();
  await clean(page, 'member');
  await shot(page, 'settings-routing-member');
  await dialogOf(page).getByLabel(/zone/i).fill('Europe/Berlin');
  await saved(page);
  const kofi = (await ask(page, '/routing/members?limit=100')).items.find((member) => member.name === 'Kofi Mensah');
  assert.deepEqual([kofi.capacity, kofi.shifts.zone], [5, 'Europe/Berlin']);
  await clean(page, 'routing');
  await shot(page, 'settings-routing');
  await page.getByRole('button', { name: `Delete rule “${name}”` }).click();
  await page.getByText(name).waitFor({ state: 'detached' });
});

const ICAL = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20271225\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';

test('promises: a calendar that cannot be, one with holidays from a file, and a policy that contradicts itself', async () => {
  const page = await settings('promises');
  const [calendar, policy] = [unique('Office'), unique('Gold')];
  await page.getByRole('button', { name: 'New calendar' }).click();
  const form = dialogOf(page);
  await form.getByLabel('Name', { exact: true }).fill(calendar);
  await form.getByLabel('Time zone').fill('Mars/Olympus');
  await form.getByText('This is no time zone.').waitFor();
  await form.getByLabel('Time zone').fill('Europe/Berlin');
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) await form.getByLabel(day).fill('');
  await form.getByText('Nobody would ever work by this calendar.').waitFor();
  await form.getByLabel('Monday').fill('09:00-12:00, 11:00-17:00');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await form.getByText(/Monday: overlaps the hours from 09:00 to 12:00/).waitFor();
  await clean(page, 'calendar with a mistake');
  await shot(page, 'settings-calendar-wrong');
  await form.getByLabel('Monday').fill('09:00-12:00, 13:00-17:00');
  await form.locator('input[type=file]').setInputFiles({ name: 'holidays.ics', mimeType: 'text/calendar', buffer: Buffer.from(ICAL) });
  await page.waitForFunction(() => [...document.querySelectorAll('textarea')].some((area) => area.value.includes('2027-12-25 Christmas')));
  await shot(page, 'settings-calendar');
  await saved(page);
  const made = (await ask(page, '/calendars?limit=100')).items.find(({ name }) => name === calendar);
  assert.deepEqual([made.definition.zone, made.definition.holidays[0].date], ['Europe/Berlin', '2027-12-25']);

  await page.getByRole('button', { name: 'New policy' }).click();
  await form.getByLabel('Name', { exact: true }).fill(policy);
  await form.getByRole('button', { name: 'Add a condition' }).click();
  await choose(form, /Fact/, 'Company: tier', page);
  await form.getByLabel('Value', { exact: true }).fill('gold');
  await choose(form, /Calendar/, calendar, page);
  await form.getByLabel('First response, Urgent, in minutes').fill('99999');
  await form.getByText(/First response, Urgent: is longer/).waitFor();
  await clean(page, 'policy with a mistake');
  await shot(page, 'settings-policy-wrong');
  await form.getByLabel('First response, Urgent, in minutes').fill('10');
  await form.getByText(/First response, Urgent: is longer/).waitFor({ state: 'detached' });
  await choose(form, /Test on a real ticket/, /#/, page);
  await form.locator('.clocks').waitFor();
  await clean(page, 'policy tried');
  await shot(page, 'settings-policy');
  await saved(page);
  const kept = (await ask(page, '/sla/policies')).items.find(({ name }) => name === policy);
  assert.equal(kept.promise.calendar_id, made.id);
  assert.equal(kept.promise.condition.replaceAll("'", '"'), 'company.tier == "gold"');
  await clean(page, 'promises');
  await shot(page, 'settings-promises');
});

test('escalation: tiers and a rota, a ticket raised with its card and given back', async () => {
  const page = await settings('escalation');
  const tier = unique('Engineers');
  await page.getByRole('button', { name: 'New tier' }).click();
  await dialogOf(page).getByLabel('Name', { exact: true }).fill(tier);
  await choose(dialogOf(page), /Team/, 'Integrations', page);
  await dialogOf(page).getByLabel('Minutes to act').fill('0');
  await dialogOf(page).getByRole('button', { name: 'Save', exact: true }).click();
  await dialogOf(page).locator('.field-error').first().waitFor();
  await clean(page, 'tier');
  await dialogOf(page).getByLabel('Minutes to act').fill('30');
  await saved(page);
  await page.getByText(tier).waitFor();
  await clean(page, 'escalation');
  await shot(page, 'settings-escalation');
  const question = `The export is broken ${unique('e')}`;
  await askByWidget(await newPage(browser), question);
  await page.goto(`${BASE}/inbox/open`);
  await openTicket(page, question);
  await page.getByRole('button', { name: 'Escalate…' }).click();
  await choose(dialogOf(page), /^.*To$/, tier, page);
  await dialogOf(page).getByLabel('Why').fill('Needs somebody who can read the logs.');
  await clean(page, 'raise');
  await dialogOf(page).getByRole('button', { name: 'Escalate' }).click();
  await dialogOf(page).waitFor({ state: 'detached' });
  const block = page.locator('.context-block').filter({ hasText: tier });
  await block.locator('summary').click();
  await block.getByText(question).waitFor();
  await block.getByText(/Triage:/).waitFor();
  await clean(page, 'raised');
  await shot(page, 'desk-escalated');
  await block.getByRole('button', { name: 'Give back…' }).click();
  await dialogOf(page).getByLabel('What they need to know').fill('Fixed in the nightly build.');
  await dialogOf(page).getByRole('button', { name: 'Give back…' }).click();
  await page.getByText(/Fixed in the nightly build/).first().waitFor();
  await page.goto(`${BASE}/settings/escalation`);
  await page.getByRole('button', { name: `Delete tier “${tier}”` }).click();
  await page.getByText(tier).waitFor({ state: 'detached' });
});

test('automation: a rule by form, tried, switched on, and what it did', async () => {
  const page = await settings('rules');
  const [name, word] = [unique('Flag refunds'), unique('moneyback')];
  await page.getByRole('button', { name: 'New rule' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Expression' }).click();
  await page.getByLabel('Expression').fill('ticket.priority == ');
  await page.getByText(/Line 1, column \d+/).waitFor();
  await clean(page, 'rule with a mistake');
  await page.getByLabel('Expression').fill(`ticket.nothing == 'x'`);
  await page.getByText(/nothing/).last().waitFor();
  await shot(page, 'settings-rule-wrong');
  await page.getByLabel('Expression').fill(`ticket.text.contains('${word}')`);
  await page.getByText('This condition can be asked.').waitFor();
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await page.getByRole('group', { name: 'All of these' }).getByLabel('Value', { exact: true }).waitFor();
  await choose(page, /Action 1/, 'Add tags', page);
  await page.getByRole('textbox', { name: 'One more tag' }).fill('refund');
  await page.getByRole('button', { name: 'Add an action' }).click();
  await choose(page, /Action 2/, 'Notify members', page);
  await page.locator('label').filter({ hasText: 'Ines Falk' }).click();
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('A refund came in.');
  const question = `Please give me my ${word} ${unique('r')}`;
  await askByWidget(await newPage(browser), question);
  const ticket = (await ask(page, '/tickets?view=open&limit=1')).items[0];
  await page.getByLabel('Ticket number').fill(String(ticket.number));
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'refund' }).waitFor();
  await clean(page, 'rule tried');
  await shot(page, 'settings-rule');
  await page.locator('label').filter({ hasText: /^On$/ }).click();
  await page.getByRole('button', { name: 'Save rule' }).click();
  await page.waitForURL(/settings\/rules\/rul_/);
  const second = `And my ${word} too ${unique('r')}`;
  await askByWidget(await newPage(browser), second);
  await page.goto(`${BASE}/inbox/open`);
  await openTicket(page, second);
  await story(page).getByText(name).waitFor();
  await page.locator('.conversation-tools').getByText('refund').waitFor();
  await page.getByRole('button', { name: /notification/i }).click();
  await page.getByText('A refund came in.').first().waitFor();
  await clean(page, 'notices');
  await shot(page, 'desk-notices');
  await page.keyboard.press('Escape');
  const rule = (await ask(page, '/automation/rules?limit=100')).items.find((each) => each.name === name);
  await page.goto(`${BASE}/settings/rules/${rule.id}`);
  await page.getByRole('table', { name: 'Runs' }).getByText('#').first().waitFor();
  await clean(page, 'rule with its runs');
  await shot(page, 'settings-rule-runs');
  await page.getByRole('button', { name: 'Remove rule' }).click();
  await dialogOf(page).getByRole('button', { name: 'Remove rule' }).click();
  await page.waitForURL(/settings\/rules$/);
});

test('spam: a sender held back, the message recovered, a ticket marked', async () => {
  const page = await settings('spam');
  const address = `${unique('spammer')}@example.net`;
  await page.getByRole('button', { name: 'New rule' }).click();
  await dialogOf(page).getByLabel('Value').fill('not an address');
  await dialogOf(page).getByRole('button', { name: 'Save', exact: true }).click();
  await dialogOf(page).locator('.field-error').first().waitFor();
  await clean(page, 'sender rule');
  await dialogOf(page).getByLabel('Value').fill(address);
  await saved(page);
  const subject = unique('Win a prize');
  await askByWidget(await newPage(browser), `${subject} now`, { email: address });
  await page.reload();
  await page.getByRole('listitem').filter({ hasText: subject }).first().waitFor();
  await clean(page, 'quarantine');
  await shot(page, 'settings-spam');
  await page.getByRole('listitem').filter({ hasText: subject }).first().getByRole('button', { name: 'Recover', exact: false }).first().click();
  await page.getByText(/Recovered as ticket/).waitFor();
  await page.goto(`${BASE}/inbox/open`);
  await openTicket(page, subject);
  await page.getByRole('button', { name: 'Spam' }).click();
  await clean(page, 'spam verdict');
  await dialogOf(page).getByRole('button', { name: 'Spam' }).click();
  await page.getByText('Marked as spam and deleted.').waitFor();
});

test('what is due next comes first, what sleeps says so, and the widget says when somebody is there', async () => {
  const page = await agentPage(browser);
  const question = `Is anybody there? ${unique('d')}`;
  const visitor = await newPage(browser);
  await askByWidget(visitor, question);
  await page.getByRole('link', { name: 'Due next' }).click();
  await page.getByRole('row').first().waitFor();
  const listed = (await ask(page, '/tickets?view=open&sort=due&limit=100')).items;
  const dues = (await ask(page, `/tickets/clocks?ids=${listed.map(({ id }) => id).join()}`)).items;
  const order = listed.map(({ id }) => dues.find((due) => due.ticket_id === id)).map((due) => (due.is_breached ? '' : due.due_at));
  assert.deepEqual(order, order.toSorted());
  await clean(page, 'due');
  await shot(page, 'desk-due');
  await page.goto(`${BASE}/inbox/open/${listed.find(({ subject }) => subject === question).id}`);
  await page.locator('.context-block').filter({ has: page.locator('.clocks') }).locator('summary').click();
  await clean(page, 'why');
  await page.keyboard.press('z');
  await page.getByRole('menuitem').nth(1).click();
  await page.locator('.row[aria-selected=true] .row-sleeps').waitFor();
  await shot(page, 'desk-sleeps');
  const another = await newPage(browser);
  await another.goto(`${BASE}/demo-app`);
  await another.getByRole('button', { name: 'Ask for help' }).click();
  await another.getByText(/We are here now\.|We answer again on/).waitFor();
  await clean(another, 'widget');
  await shot(another, 'widget-hours');
});

test('a ticket and what the desk decided of it: who got it and why, what it is about, a macro that is looked at first', async () => {
  const page = await agentPage(browser);
  const team = (await ask(page, '/teams?limit=100')).items.find(({ name }) => name === 'Billing');
  const mireille = (await ask(page, '/members?limit=100')).items.find(({ name }) => name === 'Mireille Dubois');
  await send(page, 'PUT', `/routing/teams/${team.id}`, { strategy: 'least_loaded', sticky: 'none', accept_within_seconds: null });
  await send(page, 'PUT', `/members/${mireille.id}/availability`, { availability: 'online' });
  const subject = unique('Charged twice');
  const opened = await send(page, 'POST', '/tickets', { subject, body: 'I was charged twice. Please refund the payment.', requester: { email: `${unique('nora')}@example.com`, name: 'Nora Quist' }, team_id: team.id });
  await page.goto(`${BASE}/inbox/open/${opened.id}`);
  const why = page.locator('.context-block').filter({ hasText: 'Mireille Dubois' });
  await why.locator('summary').click();
  await why.getByRole('listitem').filter({ hasText: 'Mireille Dubois' }).waitFor();
  const triaged = page.getByRole('region', { name: 'Triage' });
  await triaged.getByRole('button', { name: /^Set / }).first().click();
  await triaged.getByText('Corrected by the team').waitFor();
  await clean(page, 'decided');
  await shot(page, 'desk-decided');
  await page.keyboard.press('m');
  await page.getByRole('menuitem', { name: /Thanks, all done/ }).click();
  await dialogOf(page).getByText(/Status: Open → Resolved/).waitFor();
  await clean(page, 'macro preview');
  await shot(page, 'desk-macro');
  await dialogOf(page).getByRole('button', { name: 'Run' }).click();
  await page.getByRole('button', { name: /^Status: Resolved/ }).waitFor();
  assert.equal((await ask(page, `/tickets/${opened.id}`)).assignee_id, mireille.id);
  await send(page, 'PUT', `/routing/teams/${team.id}`, { strategy: 'manual', sticky: 'none', accept_within_seconds: null });
  await send(page, 'PUT', `/members/${mireille.id}/availability`, { availability: 'offline' });
});

const PAGES = ['members', 'routing', 'escalation', 'promises', 'taxonomy', 'macros', 'spam', 'tokens', 'widget', 'rules', 'rules/new', 'triage', 'preferences'];
for (const [what, options] of [['dark', { colorScheme: 'dark' }], ['German', { locale: 'de-DE' }], ['narrow', { viewport: { width: 390, height: 844 } }]]) {
  test(`every page of the settings, ${what}`, async () => {
    const page = await agentPage(browser, options);
    for (const name of PAGES) {
      await page.goto(`${BASE}/settings/${name}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await clean(page, name);
      assert.equal(await page.evaluate(() => document.scrollingElement.scrollWidth > innerWidth), false, `${name} scrolls sideways`);
      await shot(page, `settings-${name.replace('/', '-')}-${what.toLowerCase()}`);
    }
  });
}
