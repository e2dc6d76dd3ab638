// WCAG 2.2 AA as far as a program can see it (axe), on every page and in both themes; and what axe cannot see: where the
// focus goes, what is not there when it is closed, and that nothing is cut off at 400 % zoom.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clean } from './axe.mjs';
import { agentPage, askByWidget, BASE, composer, newPage, openTicket, shot, startBrowser, unique } from './stage.mjs';

let browser;
before(async () => void (browser = await startBrowser()));
after(() => browser?.close());

test('the door', async () => {
  for (const path of ['/sign-in', '/reset#x', '/invite#x', '/reset']) {
    const page = await newPage(browser);
    await page.goto(BASE + path);
    await page.getByRole('heading').first().waitFor();
    await clean(page, path);
    await page.context().close();
  }
});

for (const colorScheme of ['light', 'dark']) {
  test(`the console, ${colorScheme}`, async () => {
    const customer = await newPage(browser);
    const question = `Accessible? ${unique('x')}`;
    await askByWidget(customer, question);
    const page = await agentPage(browser, { colorScheme });
    await page.getByRole('row').first().waitFor();
    await clean(page, 'list');
    await openTicket(page, question);
    await clean(page, 'conversation');
    await shot(page, `console-${colorScheme}`);
    await page.keyboard.press('x');
    await page.keyboard.type('A note');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Note, only for your team').first().waitFor();
    await clean(page, 'note');
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await page.getByRole('menu').waitFor();
    await clean(page, 'assign menu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await clean(page, 'keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('c');
    await page.getByRole('dialog').waitFor();
    await clean(page, 'new ticket');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.type('invoice');
    await page.getByRole('list', { name: 'Results for invoice' }).waitFor();
    await clean(page, 'search');
    for (const name of ['members', 'tokens', 'widget', 'what-if', 'preferences']) {
      await page.goto(`${BASE}/settings/${name}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await clean(page, name);
      await shot(page, `settings-${name}-${colorScheme}`);
    }
    await page.context().close();
    await customer.context().close();
  });
}

/** The pages of Knowledge that have an address of their own; the editor and versions need an article. */
const KNOWLEDGE = ['articles', 'articles/new', 'reviews', 'gaps', 'search', 'search?q=invoice', 'synonyms', 'site'];

async function eachKnowledgePage(page, look) {
  for (const name of KNOWLEDGE) {
    await page.goto(`${BASE}/knowledge/${name}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await look(name);
  }
  await page.goto(`${BASE}/knowledge/articles/new`);
  await page.getByRole('textbox', { name: 'Title' }).fill(`Readable ${unique('k')}`);
  await page.getByRole('textbox', { name: 'Text in Markdown' }).fill('# One\n\nTwo [three](https://example.com).\n\n| a | b |\n|---|---|\n| 1 | 2 |');
  await page.keyboard.press('Control+s');
  await page.waitForURL(/articles\/art_/);
  await page.getByRole('link', { name: 'Versions' }).waitFor();
  await look('editor');
  await page.getByRole('textbox', { name: 'Text in Markdown' }).fill('# One\n\nFour.');
  await page.keyboard.press('Control+s');
  await page.getByRole('status').filter({ hasText: /^Saved$/ }).waitFor();
  await page.getByRole('link', { name: 'Versions' }).click();
  await page.getByRole('group', { name: /Changes from version/ }).waitFor();
  await look('versions');
}

for (const colorScheme of ['light', 'dark']) {
  test(`knowledge, ${colorScheme}`, async () => {
    const page = await agentPage(browser, { colorScheme });
    await eachKnowledgePage(page, async (name) => {
      await shot(page, `knowledge-${name.replace(/\W/g, '-')}-${colorScheme}`);
      await clean(page, name);
    });
    await page.getByRole('link', { name: 'Back to the article' }).click();
    await page.getByRole('button', { name: 'Link an article' }).click();
    await page.getByRole('dialog').waitFor();
    await clean(page, 'link picker');
    await page.context().close();
  });
}

/** The pages of the help centre that readers see, each reached as a reader reaches it. */
async function eachHelpPage(page, word, look) {
  await page.goto(`${BASE}/help/en`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await look('home');
  await page.locator('main a[href*="/categories/"]').first().click();
  await page.waitForURL(/\/categories\//);
  await look('category');
  await page.goto(`${BASE}/help/en/articles/${word}`);
  await page.getByRole('heading', { level: 1, name: word }).waitFor();
  await look('article');
  await page.getByRole('button', { name: 'No', exact: true }).click();
  await page.waitForURL(/voted=no/);
  await look('why not');
  for (const q of [word, 'nothing-of-the-kind']) {
    await page.goto(`${BASE}/help/en/search?q=${q}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await look(`search ${q === word ? 'found' : 'in vain'}`);
  }
  await page.goto(`${BASE}/help/en/contact`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await look('contact');
  await page.goto(`${BASE}/help/en/articles/no-such-article`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await look('missing');
}

for (const colorScheme of ['light', 'dark']) {
  test(`the help centre, ${colorScheme}`, async () => {
    const word = unique('readable');
    const agent = await agentPage(browser);
    await publish(agent, word);
    await agent.context().close();
    const page = await newPage(browser, { colorScheme });
    await eachHelpPage(page, word, async (name) => {
      await shot(page, `help-${name.replace(/\W/g, '-')}-${colorScheme}`);
      await clean(page, name);
    });
    await page.context().close();
  });
}

/** Writes an article with everything a reader may meet, in a category, and publishes it. */
async function publish(page, word) {
  await page.goto(`${BASE}/knowledge/articles/new`);
  await page.getByRole('textbox', { name: 'Title' }).fill(word);
  await page.getByRole('textbox', { name: 'Text in Markdown' }).fill(
    '# One\n\nTwo [three](https://example.com) and `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nsome code\n```\n\n> A note.',
  );
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText(`“${word}” is published.`).waitFor();
}

test('the widget: axe, focus in and out, Esc, and not there when closed', async () => {
  const page = await newPage(browser);
  await page.goto(`${BASE}/demo-app`);
  const launcher = page.getByRole('button', { name: 'Ask for help' });
  await launcher.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  assert.equal(await launcher.getAttribute('aria-expanded'), 'true');
  const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName ?? document.activeElement?.tagName);
  assert.equal(await focused(), 'TEXTAREA');
  await clean(page, 'ask');
  await shot(page, 'widget-ask');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await launcher.getAttribute('aria-expanded'), 'false');
  assert.equal(await focused(), 'BUTTON');
  await page.keyboard.press('Tab');
  assert.notEqual(await focused(), 'TEXTAREA');

  await askByWidget(page, `Is this readable? ${unique('w')}`);
  await clean(page, 'conversation');
  assert.equal(await dialog.getByRole('log').getAttribute('aria-live'), 'polite');
  await dialog.getByRole('button', { name: 'Back' }).click();
  await clean(page, 'home');
  await shot(page, 'widget-home');
});

test('focus comes back from a dialog, and skip links lead past the views', async () => {
  const page = await agentPage(browser);
  await page.getByRole('row').first().waitFor();
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /Skip to the list/);
  await page.keyboard.press('Enter');
  const button = page.getByRole('button', { name: 'New ticket' });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null), true);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await button.evaluate((element) => element === document.activeElement), true);
});

test('the list is one stop for Tab, and arrows move in it', async () => {
  const page = await agentPage(browser);
  await page.getByRole('row').first().waitFor();
  assert.equal(await page.locator('[role=row][tabindex="0"]').count(), 1);
  await page.locator('[role=row][tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await composer(page).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'row');
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-selected') === 'true');
  assert.equal(await page.locator('[role=row][tabindex="0"]').count(), 1);
});

test('at 400 % zoom nothing scrolls sideways', async () => {
  const page = await agentPage(browser, { viewport: { width: 320, height: 640 } });
  const sideways = () => page.evaluate(() => document.scrollingElement.scrollWidth > innerWidth);
  await page.getByRole('row').first().waitFor();
  assert.equal(await sideways(), false);
  await page.getByRole('row').first().click();
  await composer(page).waitFor();
  assert.equal(await sideways(), false);
  await clean(page, 'narrow conversation');
  await page.getByRole('button', { name: 'Customer panel' }).click();
  await page.getByRole('complementary', { name: 'Customer and ticket' }).waitFor();
  assert.equal(await sideways(), false);
  await clean(page, 'narrow context');
  await page.keyboard.press('Escape');
  await page.getByRole('complementary', { name: 'Customer and ticket' }).waitFor({ state: 'detached' });
  await shot(page, 'zoom-400');
  for (const name of ['members', 'tokens', 'widget', 'what-if', 'preferences']) {
    await page.goto(`${BASE}/settings/${name}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await sideways(), false, name);
  }
});

test('knowledge at 400 % zoom does not scroll sideways', async () => {
  const page = await agentPage(browser, { viewport: { width: 320, height: 640 } });
  await eachKnowledgePage(page, async (name) => {
    assert.equal(await page.evaluate(() => document.scrollingElement.scrollWidth > innerWidth), false, name);
    await shot(page, `narrow-knowledge-${name.replace(/\W/g, '-')}`);
  });
  await page.context().close();
});
