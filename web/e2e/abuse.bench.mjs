// The large lists of hostile texts (ABUSE names the folder) through the doors and, where they are about scripts, through both
// faces. Prints one line of JSON: how many texts, what the server answered, and everything that ran or tried to.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { agentPage, askByWidget, BASE, composer, newPage, startBrowser, story, unique } from './stage.mjs';

const FOLDER = process.env.ABUSE ?? '';
/** Texts shown in one conversation. */
const SHOWN = 50;
/** What scripts of such lists call when they run. */
const CALLS = ['alert', 'prompt', 'confirm', 'print'];

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const found = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(found);
    else yield found;
  }
}

function texts() {
  const scripts = new Set();
  const others = new Set();
  for (const file of files(FOLDER)) {
    if (path.basename(file) === 'blns.json') JSON.parse(readFileSync(file, 'utf8')).forEach((text) => scripts.add(text));
    if (!file.includes(`${path.sep}payloads${path.sep}`) || /(README\.md|LICENSE)$/.test(file)) continue;
    const into = file.includes('XSS') ? scripts : others;
    readFileSync(file, 'utf8').split('\n').filter((line) => line.trim()).forEach((line) => into.add(line));
  }
  return { scripts: [...scripts], others: [...others] };
}

async function listening(page) {
  await page.addInitScript((calls) => {
    for (const name of calls) window[name] = (said) => void console.error(`ran ${name}: ${said}`);
  }, CALLS);
  page.on('console', (said) => {
    if (said.text().startsWith('ran ')) page.troubles.push(said.text());
  });
  return page;
}

/** Sends requests from a signed-in page, some at a time, and counts the answers by status. */
async function send(page, requests) {
  return page.evaluate(async (requests) => {
    const counts = {};
    const one = async ([method, path, body]) => {
      const init = body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      let answer = await fetch(path, init);
      for (let tries = 0; answer.status === 429 && tries < 200; tries += 1) {
        await new Promise((wake) => setTimeout(wake, 1000 * Number(answer.headers.get('retry-after') ?? 1)));
        answer = await fetch(path, init);
      }
      counts[answer.status] = (counts[answer.status] ?? 0) + 1;
      await answer.arrayBuffer();
    };
    const waiting = [...requests];
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await one(next);
    }));
    return counts;
  }, requests);
}

/** Every text in every field of a ticket, its customer and its search. */
function* everywhere(all) {
  const run = Date.now().toString(36);
  for (const [at, text] of all.entries()) {
    const requester = { email: `abuse${at}-${run}@example.com`, name: text };
    yield ['POST', '/api/v1/tickets', { subject: text, body: text, requester, tags: [text], external_id: `${run} ${text}` }];
    yield ['POST', '/api/v1/tickets', { subject: 'by address', body: 'x', requester: { email: text } }];
    yield ['GET', `/api/v1/search/tickets?q=${encodeURIComponent(text)}`];
    yield ['GET', `/api/v1/tickets?after=${encodeURIComponent(text)}&tag=${encodeURIComponent(text)}`];
    yield ['GET', `/api/v1/tickets/${encodeURIComponent(text)}`];
  }
}

/** One conversation with some of the texts, by customer and member, looked at from both sides. */
async function conversation(browser, agent, some) {
  const customer = await listening(await newPage(browser));
  const word = unique('abuse');
  await askByWidget(customer, word, {});
  const found = await agent.evaluate(async () => (await (await fetch('/api/v1/tickets?view=open&limit=1')).json()).items[0].id);
  const message = (format) => (body) => ['POST', `/api/v1/tickets/${found}/messages`, { kind: 'reply', body, body_format: format }];
  const counts = await send(agent, ['text', 'markdown', 'html'].flatMap((format) => some.map(message(format))));
  await agent.goto(`${BASE}/inbox/open/${found}`);
  await story(agent).locator('article').nth(2).waitFor({ timeout: 30_000 });
  for (const article of await story(agent).locator('article').all()) await article.scrollIntoViewIfNeeded().catch(() => undefined);
  await customer.reload();
  await customer.getByRole('dialog').getByRole('log').locator('article').nth(2).waitFor({ timeout: 30_000 });
  await customer.waitForTimeout(300);
  const troubles = [...customer.troubles, ...agent.troubles.splice(0)];
  await customer.context().close();
  return { counts, troubles };
}

function add(into, counts) {
  for (const [status, count] of Object.entries(counts)) into[status] = (into[status] ?? 0) + count;
}

const { scripts, others } = texts();
const browser = await startBrowser();
const agent = await listening(await agentPage(browser));
const report = { texts: scripts.length + others.length, shown: scripts.length, answers: {}, troubles: [] };
add(report.answers, await send(agent, [...everywhere([...scripts, ...others])]));
await agent.goto(`${BASE}/inbox/all`);
await agent.getByRole('row').first().waitFor();
for (let steps = 0; steps < 100; steps += 1) {
  await agent.keyboard.press('j');
  await composer(agent).waitFor();
}
for (let at = 0; at < scripts.length; at += SHOWN) {
  const { counts, troubles } = await conversation(browser, agent, scripts.slice(at, at + SHOWN));
  add(report.answers, counts);
  report.troubles.push(...troubles);
}
await browser.close();
process.stdout.write(`${JSON.stringify(report)}\n`);
