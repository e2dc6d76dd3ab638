// What a host page loads: a few kB that mount a real button. The panel comes on the first hover, focus or press.
// Rule: no cookies, no inline styles, no globals but `window.mainstay`; nothing here may break the host page.
import { launcherStyle, launcherIcon } from './look';

declare const __PANEL_VERSION__: string;

export interface PanelHandle {
  open: () => void;
  close: () => void;
  /** What the page is about, such as `billing.invoices`; the panel offers the articles for it. */
  context: (name: string | null) => void;
}

/** What the panel needs to know of its page. */
export interface PanelPlace {
  root: ShadowRoot;
  button: HTMLButtonElement;
  base: string;
  key: string;
  accent: string;
  ground: string;
  side: string;
  language: string;
  /** What the page is about, when it says so. */
  context: string | null;
}

interface HostApi {
  identity?: () => Promise<string> | string;
  open?: () => void;
  close?: () => void;
  context?: (name: string | null) => void;
}

declare global {
  interface Window {
    mainstay?: HostApi;
  }
}

const LABELS: Record<string, string> = { en: 'Ask for help', de: 'Hilfe holen' };
const OPEN_FLAG = 'mainstay.open';

function start(script: HTMLScriptElement): void {
  const { key = '', accent = '#0b6b74', ground = '#ffffff', side = 'right', lang, context = null } = script.dataset;
  const base = new URL(script.src).origin;
  const language = lang || document.documentElement.lang || navigator.language;
  const host = document.createElement('div');
  host.id = 'mainstay';
  const root = host.attachShadow({ mode: 'open' });
  const button = launcher(LABELS[language.slice(0, 2)] ?? LABELS.en ?? '');
  root.adoptedStyleSheets = [launcherStyle(accent, side)];
  root.append(button);
  document.body.append(host);
  wire({ root, button, base, key, accent, ground, side, language, context });
}

function launcher(label: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'launcher';
  button.setAttribute('aria-expanded', 'false');
  button.setAttribute('aria-haspopup', 'dialog');
  button.setAttribute('aria-label', label);
  button.append(launcherIcon());
  return button;
}

function wire(place: PanelPlace): void {
  let loading: Promise<PanelHandle> | undefined;
  const load = () => {
    const address = `${place.base}/widget/panel.js?v=${__PANEL_VERSION__}`;
    loading ??= import(/* @vite-ignore */ address).then((panel: { mount: (place: PanelPlace) => PanelHandle }) => panel.mount(place));
    loading.catch(() => (loading = undefined));
    return loading;
  };
  const quietly = (then: (panel: PanelHandle) => void) =>
    void load().then(then, (thrown: unknown) => console.warn('Mainstay: the support panel did not load.', thrown));
  // A page that only says what it is about does not load the panel.
  const setContext = (name: string | null) => {
    place.context = name;
    if (loading) quietly((panel) => panel.context(name));
  };
  const { button } = place;
  for (const hint of ['pointerenter', 'focus', 'touchstart']) button.addEventListener(hint, () => quietly(() => undefined), { once: true, passive: true });
  button.addEventListener('click', () => quietly((panel) => (button.getAttribute('aria-expanded') === 'true' ? panel.close() : panel.open())));
  window.mainstay = { ...window.mainstay, open: () => quietly((panel) => panel.open()), close: () => quietly((panel) => panel.close()), context: setContext };
  if (wasOpen()) quietly((panel) => panel.open());
}

/** The panel was open before this page loaded: a reload or a step to the next page of the same tab. */
function wasOpen(): boolean {
  try {
    return sessionStorage.getItem(OPEN_FLAG) === '1';
  } catch {
    return false;
  }
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !document.getElementById('mainstay')) {
  if (document.body) start(script);
  else addEventListener('DOMContentLoaded', () => start(script), { once: true });
}
