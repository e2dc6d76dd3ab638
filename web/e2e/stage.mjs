// The stage of the browser tests: one Chromium, who signs in, where pictures go. Everything comes from the environment:
// MAINSTAY_URL, MAINSTAY_EMAIL and MAINSTAY_PASSWORD (else MAINSTAY_OWNER_…; an owner or administrator), CHROMIUM, E2E_SHOTS.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

export const BASE = process.env.MAINSTAY_URL ?? 'http://127.0.0.1:8080';
export const EMAIL = process.env.MAINSTAY_EMAIL ?? process.env.MAINSTAY_OWNER_EMAIL ?? '';
export const PASSWORD = process.env.MAINSTAY_PASSWORD ?? process.env.MAINSTAY_OWNER_PASSWORD ?? '';
const SHOTS = process.env.E2E_SHOTS;

const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Starts the browser; close it in `after`. */
export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
}

/** A page of its own visitor. `troubles` gathers script errors and dialogs: a test ends with it empty. */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    page.troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (said) => {
    if (/Content Security Policy/.test(said.text())) page.troubles.push(`csp: ${said.text().slice(0, 200)}`);
  });
  return page;
}

/** Signs in through the page and waits for the list. */
export async function signIn(page, { email = EMAIL, password = PASSWORD } = {}) {
  await page.goto(`${BASE}/sign-in`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
}

const sessions = new WeakMap();

/** A page of a signed-in member; signs in once per browser, because sign-ins are rationed. */
export async function agentPage(browser, options = {}) {
  if (!sessions.has(browser)) {
    const first = await newPage(browser);
    await signIn(first);
    sessions.set(browser, await first.context().storageState());
    await first.context().close();
  }
  const page = await newPage(browser, { storageState: sessions.get(browser), ...options });
  await page.goto(`${BASE}/inbox/open`);
  await page.locator('.workbench').waitFor();
  return page;
}

/** The composer's field. */
export const composer = (page) => page.locator('.composer-area');

/** The open conversation. */
export const story = (page) => page.getByRole('log', { name: 'Conversation' });

/** Asks a question through the widget of the demo page. */
export async function askByWidget(page, text, { name, email } = {}) {
  await page.goto(`${BASE}/demo-app`);
  await page.getByRole('button', { name: /Ask for help/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  const again = dialog.getByRole('button', { name: 'Ask a question' });
  if (await again.isVisible().catch(() => false)) await again.click();
  await dialog.getByLabel('Your message').fill(text);
  if (name) await dialog.getByLabel('Name (optional)').fill(name);
  if (email) await dialog.getByLabel('E-mail (optional)').fill(email);
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.getByRole('log').getByText(text).waitFor();
  await dialog.locator('[data-waiting]').waitFor({ state: 'detached' });
  return dialog;
}

/** Opens a ticket of the list by a text in its row; takes new ones in first. */
export async function openTicket(page, text) {
  const row = page.getByRole('row').filter({ hasText: text }).first();
  const pill = page.getByRole('button', { name: /new tickets?$/ });
  for (let tries = 0; tries < 50 && !(await row.isVisible()); tries += 1) {
    if (await pill.isVisible()) await pill.click().catch(() => undefined);
    await page.waitForTimeout(100);
  }
  await row.click();
  await page.getByRole('log', { name: 'Conversation' }).getByText(text).first().waitFor();
}

/** Waits until nothing on the page is still being read or moving. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('.skeleton, [aria-busy="true"]')
    && document.getAnimations().every((each) => each.playState !== 'running' || each.effect?.getComputedTiming().endTime === Infinity));
}

/** Does something again until it has led to what is waited for (an index is a moment late); half a minute at most. */
export async function until(isThere, act) {
  for (const start = Date.now(); Date.now() - start < 30_000; ) {
    await act();
    for (let looks = 0; looks < 5; looks += 1) {
      if (await isThere()) return;
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }
}

/** Saves a picture when a folder for pictures is given. */
export async function shot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await settled(page);
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
}

/** A word no other test uses. */
export function unique(word) {
  return `${word}-${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
}
