// The panel: mounted into the loader's shadow root on first use. A dialog that does not trap: focus moves in on opening,
// Esc closes, focus goes back to the button, and a closed panel is not there for anybody.
import { render } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Desk, type DeskState } from './desk';
import { AskScreen } from './ask';
import { HomeScreen } from './home';
import { CloseIcon, BackIcon } from './icons';
import { panelStyle } from './look';
import { ArticleScreen } from './help';
import { TicketScreen } from './ticket';
import { widgetWords, type Key } from './words';
import type { Words } from '@mainstay/ui/words';

interface Place {
  root: ShadowRoot;
  button: HTMLButtonElement;
  base: string;
  key: string;
  accent: string;
  ground: string;
  side: string;
  language: string;
  context: string | null;
}

export interface ScreenProps {
  desk: Desk;
  state: DeskState;
  words: Words<Key>;
}

const OPEN_FLAG = 'mainstay.open';

/** Puts the panel beside the launcher and returns the ways to open and close it. */
export function mount(place: Place): { open: () => void; close: () => void; context: (name: string | null) => void } {
  const desk = new Desk(place.base, place.key);
  const words = widgetWords(place.language);
  desk.help.context(place.context, words.locale);
  const frame = document.createElement('div');
  place.root.adoptedStyleSheets = [...place.root.adoptedStyleSheets, panelStyle(place.accent, place.ground, place.side)];
  place.root.append(frame);
  const show = (isOpen: boolean) => {
    place.button.setAttribute('aria-expanded', String(isOpen));
    flag(isOpen);
    if (isOpen) desk.open();
    else desk.close();
  };
  const close = () => {
    show(false);
    place.button.focus();
  };
  desk.subscribe(() => tellUnread(place.button, desk.state.unread, words));
  render(<Panel desk={desk} words={words} onClose={close} />, frame);
  return { open: () => show(true), close, context: (name) => desk.help.context(name, words.locale) };
}

function flag(isOpen: boolean): void {
  try {
    if (isOpen) sessionStorage.setItem(OPEN_FLAG, '1');
    else sessionStorage.removeItem(OPEN_FLAG);
  } catch {
    // Without storage the panel simply starts closed on the next page.
  }
}

function tellUnread(button: HTMLButtonElement, count: number, words: Words<Key>): void {
  const label = words.say('launcher');
  button.setAttribute('aria-label', count > 0 ? words.say('unread', { label, count }) : label);
  if (count > 0) button.dataset.unread = words.count(count);
  else delete button.dataset.unread;
}

function useDesk(desk: Desk): DeskState {
  const [state, setState] = useState(desk.state);
  useLayoutEffect(() => {
    const follow = () => setState(desk.state);
    follow();
    return desk.subscribe(follow);
  }, [desk]);
  return state;
}

function Panel({ desk, words, onClose }: { desk: Desk; words: Words<Key>; onClose: () => void }) {
  const state = useDesk(desk);
  const frame = useRef<HTMLElement>(null);
  const { screen, isOpen } = state;
  useEffect(() => {
    if (isOpen) frame.current?.querySelector<HTMLElement>('[data-first]')?.focus();
  }, [isOpen, screen.kind]);
  const name = state.me?.workspace.name ?? words.say('title');
  return (
    <section
      ref={frame}
      class="panel"
      role="dialog"
      aria-label={name}
      hidden={!isOpen}
      lang={words.locale}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
        event.stopPropagation();
      }}
    >
      <header class="head">
        {screen.kind === 'home' ? null : (
          <button type="button" class="icon" aria-label={words.say('back')} onClick={() => desk.go({ kind: 'home' })}><BackIcon /></button>
        )}
        <h2 class="head-title" dir="auto">{name}</h2>
        <button type="button" class="icon" aria-label={words.say('close')} onClick={onClose}><CloseIcon /></button>
      </header>
      <LineNote state={state} words={words} />
      {screen.kind === 'home' ? <HomeScreen desk={desk} state={state} words={words} /> : null}
      {screen.kind === 'ask' ? <AskScreen desk={desk} state={state} words={words} /> : null}
      {screen.kind === 'article' ? <ArticleScreen key={screen.id} id={screen.id} desk={desk} state={state} words={words} /> : null}
      {screen.kind === 'ticket' ? <TicketScreen key={screen.id} id={screen.id} desk={desk} state={state} words={words} /> : null}
    </section>
  );
}

function LineNote({ state, words }: { state: DeskState; words: Words<Key> }) {
  const text = state.line === 'offline' ? words.say('offline') : state.line === 'reconnecting' ? words.say('reconnecting') : '';
  const { problem } = state;
  const reference = problem?.reference ? ` ${words.say('reference', { reference: problem.reference })}` : '';
  const reason = problem?.status === 403 ? ` (${words.say('trouble_refused')})` : '';
  return (
    <div class="notes" role="status">
      {text ? <p class="note">{text}</p> : null}
      {problem ? <p class="note note-bad">{`${words.say('trouble')}${reason}${reference}`}</p> : null}
    </div>
  );
}
