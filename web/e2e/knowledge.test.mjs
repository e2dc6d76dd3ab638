// Knowledge from the first word to the reader: an article is written, published, found and opened; a second one is
// written over by somebody else; versions, links, pictures and a translation; what people look for in vain.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { agentPage, BASE, newPage, shot, startBrowser, unique, until } from './stage.mjs';

/** One dot, as PNG. */
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let browser;
before(async () => void (browser = await startBrowser()));
after(() => browser?.close());

const title = (page) => page.getByRole('textbox', { name: 'Title' });
const body = (page) => page.getByRole('textbox', { name: 'Text in Markdown' });
const preview = (page) => page.getByRole('region', { name: 'Preview' });
const saved = (page) => page.getByRole('status').filter({ hasText: /^Saved$/ }).waitFor();

async function write(page, name, text) {
  await page.goto(`${BASE}/knowledge/articles/new`);
  await title(page).fill(name);
  await body(page).fill(text);
}

async function saveDraft(page) {
  await page.keyboard.press('Control+s');
  await page.waitForURL(/articles\/art_/);
  await saved(page);
}

test('an article is written, published, found in the tester and read in the help centre', async () => {
  const page = await agentPage(browser);
  const word = unique('zebra');
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await page.getByRole('heading', { level: 1, name: 'Articles' }).waitFor();
  await page.keyboard.press('c');
  await title(page).fill(`Painting a ${word}`);
  await body(page).fill(`# Stripes\n\nUse **black** paint for the ${word}.\n\n<img src=x onerror=alert(1)>`);
  await preview(page).getByRole('heading', { name: 'Stripes' }).waitFor();
  assert.equal(await preview(page).locator('img').count(), 0);
  await shot(page, 'knowledge-editor-new');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText(`“Painting a ${word}” is published.`).waitFor();
  await page.getByText('Published', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'Search tester' }).click();
  const question = page.getByRole('searchbox', { name: 'Question' });
  const hit = page.getByRole('list', { name: 'What was found' }).getByRole('listitem').filter({ hasText: word }).first();
  let tries = 0;
  await until(() => hit.isVisible(), () => question.fill(`paint a ${word}${' '.repeat(tries++ % 2)}`));
  await hit.getByText(/no\. 1/).first().waitFor();
  await shot(page, 'knowledge-tester');

  const reader = await newPage(browser);
  await reader.goto(`${BASE}/help/en/search?q=${word}`);
  await reader.getByRole('link', { name: new RegExp(word) }).first().click();
  await reader.getByRole('heading', { name: 'Stripes' }).waitFor();
  assert.deepEqual([...page.troubles, ...reader.troubles], []);
});

test('unsaved words survive going elsewhere; a crossing says who and keeps ours', async () => {
  const page = await agentPage(browser);
  const word = unique('crossing');
  await write(page, `About ${word}`, 'First words.');
  await saveDraft(page);
  const url = page.url();
  await body(page).fill('My own words.');
  await page.getByText('Not saved yet').waitFor();
  await page.getByRole('link', { name: 'Search tester' }).click();
  await page.getByRole('heading', { name: 'Search tester' }).waitFor();
  await page.goBack();
  await page.getByText('Words you had not saved are back.').waitFor();
  assert.equal(await body(page).inputValue(), 'My own words.');

  const other = await agentPage(browser);
  await other.goto(url);
  await body(other).fill('Their words.');
  await other.keyboard.press('Control+s');
  await saved(other);

  await body(page).focus();
  await page.keyboard.press('Control+s');
  await page.getByRole('alert').filter({ hasText: 'changed this article meanwhile' }).waitFor();
  await page.getByText('Their text').click();
  await page.getByText('Their words.').waitFor();
  await shot(page, 'knowledge-crossing');
  assert.equal(await body(page).inputValue(), 'My own words.');
  await page.getByRole('button', { name: 'Keep editing' }).click();
  await page.keyboard.press('Control+s');
  await body(page).focus();
  await page.keyboard.press('Control+s');
  await saved(page);

  await page.getByRole('link', { name: 'Versions' }).click();
  await page.getByRole('group', { name: /Changes from version/ }).getByText('My own words.').waitFor();
  await shot(page, 'knowledge-versions');
  await page.getByRole('button', { name: 'Roll back to this: version 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back to this' }).click();
  await page.waitForFunction(() => document.querySelector('#kb-body')?.value === 'First words.');
  assert.deepEqual(page.troubles, []);
});

test('a link to another article, a pasted picture, a translation that falls behind', async () => {
  const page = await agentPage(browser);
  const word = unique('lemon');
  await write(page, `Target ${word}`, 'The target.');
  await saveDraft(page);
  await write(page, `Source ${word}`, 'See ');
  await saveDraft(page);
  await body(page).focus();
  await page.keyboard.press('Control+End');
  await page.getByRole('button', { name: 'Link an article' }).click();
  await page.getByRole('textbox', { name: 'Find an article' }).fill(`target ${word}`);
  await page.getByRole('dialog').getByRole('button', { name: `Target ${word}` }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.waitForFunction(() => /\]\(article:art_/.test(document.querySelector('#kb-body')?.value ?? ''));

  await body(page).evaluate((area, dot) => {
    const bytes = Uint8Array.from(atob(dot), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], 'dot.png', { type: 'image/png' }));
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: files, bubbles: true, cancelable: true }));
  }, DOT);
  await page.waitForFunction(() => document.querySelector('.editor-preview img')?.naturalWidth === 1);
  await body(page).focus();
  await page.keyboard.press('Control+s');
  await saved(page);
  await shot(page, 'knowledge-editor');

  await page.getByRole('button', { name: 'Add a language' }).click();
  await page.getByRole('menuitem', { name: 'French' }).click();
  await page.getByText('This language has no text yet').waitFor();
  await title(page).fill(`Le ${word}`);
  await body(page).fill('Bonjour.');
  await page.keyboard.press('Control+s');
  await saved(page);
  await page.getByRole('navigation', { name: 'Languages' }).getByRole('link', { name: /English/ }).click();
  await page.waitForFunction(() => document.querySelector('#kb-body')?.value.startsWith('See '));
  await body(page).fill('Another source.');
  await page.keyboard.press('Control+s');
  const behind = page.getByRole('link', { name: /French/ }).getByText('Source changed since');
  await behind.click();
  await page.getByText('Saving marks it as up to date').waitFor();
  assert.deepEqual(await page.getByRole('navigation', { name: 'Languages' }).locator('[aria-current]').allInnerTexts(), ['French\nSource changed since']);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await behind.waitFor({ state: 'detached' });
  assert.deepEqual(page.troubles, []);
});

test('what is looked for in vain becomes an article', async () => {
  const reader = await newPage(browser);
  const word = unique('unicorn');
  await reader.goto(`${BASE}/help/en/search?q=${word}+saddle`);
  const page = await agentPage(browser);
  const row = page.getByRole('row').filter({ hasText: word });
  await until(() => row.isVisible(), async () => {
    await page.goto(`${BASE}/knowledge/gaps`);
    await page.getByRole('heading', { level: 1, name: 'Gaps' }).waitFor();
  });
  await shot(page, 'knowledge-gaps');
  await row.getByRole('button', { name: /Start an article/ }).click();
  await page.waitForURL(/articles\/art_/);
  assert.match(await title(page).inputValue(), new RegExp(word));
});

test('the life of an article: review, published, changes published, scheduled, archived, gone', async () => {
  const page = await agentPage(browser);
  const word = unique('life');
  const choose = async (name) => {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name }).click();
  };
  const badge = (name) => page.locator('.editor-head .badge').filter({ hasText: name });
  await write(page, `A ${word}`, 'One.');
  await saveDraft(page);
  await choose('Submit for review');
  await badge('In review').waitFor();
  await body(page).fill('Two.');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await badge('Published').waitFor();
  await saved(page);
  await body(page).fill('Three.');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await badge('Unpublished changes').waitFor();
  await body(page).fill('Four.');
  await page.getByRole('button', { name: 'Publish changes' }).click();
  await badge('Unpublished changes').waitFor({ state: 'detached' });
  await saved(page);
  assert.equal(await body(page).inputValue(), 'Four.');
  await choose('Publish later');
  await page.getByLabel('Date and time').fill('2099-01-01T09:00');
  await page.getByRole('dialog').getByRole('button', { name: 'Publish later' }).click();
  await badge('Goes live').waitFor();
  await choose('Do not publish later');
  await badge('Goes live').waitFor({ state: 'detached' });
  await choose('Archive');
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await badge('Archived').waitFor();
  await choose('Delete');
  await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { level: 1, name: 'Articles' }).waitFor();
  await page.getByRole('table', { name: 'Articles' }).waitFor();
  assert.equal(await page.getByRole('link', { name: `A ${word}` }).count(), 0);
  assert.deepEqual(page.troubles, []);
});

test('what is sent in a dialog changes the article once and saves nothing beside it', async () => {
  const page = await agentPage(browser);
  await write(page, `A ${unique('slow')}`, 'One.');
  await saveDraft(page);
  const sent = [];
  page.on('request', (request) => {
    const isWrite = request.method() !== 'GET' && /api\/v1\/articles\/art_/.test(request.url());
    if (isWrite) sent.push(`${request.method()} ${request.url().split('/').at(-1)}`);
  });
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await page.locator('.editor-head .badge').filter({ hasText: 'Archived' }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.deepEqual(sent, ['PUT status']);
  assert.deepEqual(page.troubles, []);
});

test('related articles, places of the app and a review date; the widget offers the article where it helps', async () => {
  const page = await agentPage(browser);
  const word = unique('pear');
  const place = `app.${word}`;
  await write(page, `Beside ${word}`, 'The other one.');
  await saveDraft(page);
  await write(page, `Main ${word}`, `All about the ${word}.`);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText(`“Main ${word}” is published.`).waitFor();
  const related = page.getByRole('region', { name: 'Related articles' });
  await related.getByText('None yet.').waitFor();
  await related.getByRole('button', { name: 'Add a related article' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Find an article' }).fill(`beside ${word}`);
  await page.getByRole('dialog').getByRole('button', { name: `Beside ${word}` }).click();
  await related.getByRole('link', { name: `Beside ${word}` }).waitFor();
  await related.getByRole('button', { name: `Remove Beside ${word}` }).click();
  await related.getByText('None yet.').waitFor();
  const places = page.getByRole('region', { name: 'Places in your app' });
  await places.getByRole('textbox', { name: 'Names' }).fill(`${place}, ${place}.more`);
  await places.getByRole('button', { name: 'Save places' }).click();
  await places.getByRole('button', { name: 'Save places' }).waitFor({ state: 'detached' });
  await page.getByLabel('Review by').fill('2099-05-01');
  await page.keyboard.press('Control+s');
  await saved(page);
  await shot(page, 'knowledge-beside');
  await page.reload();
  await page.getByLabel('Review by').waitFor();
  assert.equal(await page.getByLabel('Review by').inputValue(), '2099-05-01');
  assert.equal(await places.getByRole('textbox', { name: 'Names' }).inputValue(), `${place}, ${place}.more`);

  const reader = await newPage(browser);
  await reader.goto(`${BASE}/demo-app`);
  const launcher = reader.getByRole('button', { name: 'Ask for help' });
  await launcher.waitFor();
  await reader.evaluate((name) => window.mainstay.context(name), place);
  await launcher.click();
  const dialog = reader.getByRole('dialog');
  await dialog.getByRole('region', { name: 'Help for this page' }).getByRole('button', { name: `Main ${word}` }).click();
  await dialog.getByText(`All about the ${word}.`).waitFor();
  await shot(reader, 'widget-article');
  await dialog.getByRole('button', { name: 'Yes' }).click();
  await dialog.getByText('Thank you.').waitFor();
  await dialog.getByRole('button', { name: 'Back' }).click();
  await reader.evaluate(() => window.mainstay.context('nowhere'));
  await dialog.getByRole('region', { name: 'Help for this page' }).waitFor({ state: 'detached' });
  assert.deepEqual([...page.troubles, ...reader.troubles], []);
});

test('articles by language', async () => {
  const page = await agentPage(browser);
  await page.goto(`${BASE}/knowledge/articles?locale=de`);
  await page.getByRole('table', { name: 'Articles' }).waitFor();
  const german = await page.getByRole('table', { name: 'Articles' }).getByRole('row').count();
  await page.goto(`${BASE}/knowledge/articles?locale=uk`);
  await page.getByRole('button', { name: 'Show all articles' }).waitFor();
  assert.ok(german > 1);
});

test('an article that readers find unhelpful asks for a review, and one press ends it', async () => {
  const page = await agentPage(browser);
  const word = unique('vague');
  await write(page, `Vague ${word}`, 'It depends.');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.waitForURL(/articles\/art_/);
  const address = await page.getByRole('link', { name: 'Open in the help centre' }).getAttribute('href');
  for (let reader = 0; reader < 12; reader += 1) {
    const form = new URLSearchParams({ helpful: reader < 2 ? 'yes' : 'no', reason: 'unclear' });
    const headers = { 'user-agent': `reader ${reader}`, 'x-forwarded-for': `198.51.100.${reader}` };
    await fetch(`${BASE}${address}/votes`, { method: 'POST', body: form, headers });
  }
  await page.getByRole('link', { name: 'Reviews' }).click();
  const row = page.getByRole('row').filter({ hasText: word });
  await row.getByText(/^\d+ of 1\d \(/).waitFor();
  await row.getByText(/likely between/).waitFor();
  await shot(page, 'knowledge-reviews');
  await row.getByRole('button', { name: /^Mark reviewed/ }).click();
  await row.waitFor({ state: 'detached' });
});
