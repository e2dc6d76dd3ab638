// The three panes put together: views → list → conversation, with the context beside it. One pane at a time on a phone.
import { AddIcon, BackIcon, Button, ChatIcon, CloseIcon, ContextIcon, Empty, IconButton, Key, MenuIcon } from '@mainstay/ui';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Composer } from '../features/composer/composer';
import { insertInReply } from '../features/composer/drafts';
import { ContextPanel } from '../features/context/context';
import { Conversation } from '../features/conversation/conversation';
import { TicketList } from '../features/list/list';
import { OpeningDialog } from '../features/opening/opening';
import { SearchField, SearchResults } from '../features/search/search';
import { slugOf } from '@mainstay/live';
import { TagFilter, TagLine } from '../features/list/tags';
import { listName, Views } from '../features/views/views';
import { useKeys } from '../state/keys';
import { useStore, useTicket } from '../state/live';
import { useNarrow } from '../state/media';
import { setPrefs, usePrefs } from '../state/prefs';
import { isViewer, useSession } from '../state/session';
import { useTitle } from '../state/title';
import { useWords } from '../words';
import { useGoKeys } from './go';
import { HelpDialog } from './help';
import { LineState } from './line-state';
import { Side } from './side';
import { Splitter } from './splitter';

interface Place {
  view: string;
  /** The name of the tag that the lists are narrowed to, or nothing. */
  tag: string;
  /** The list: the view with its tag. */
  slug: string;
  ticketId: string | undefined;
  q: string;
  open: (id: string) => void;
  search: (q: string) => void;
  narrow: (tag: string) => void;
  back: () => void;
}

/** Where one is, from the address; and the ways to move. */
function usePlace(): Place {
  const navigate = useNavigate();
  const { view = 'open', ticketId } = useParams({ strict: false });
  const { q = '', tag = '' } = useSearch({ strict: false });
  const kept = useMemo(() => ({ ...(q ? { q } : {}), ...(tag ? { tag } : {}) }), [q, tag]);
  const open = useCallback(
    (id: string) => void navigate({ to: '/inbox/$view/$ticketId', params: { view, ticketId: id }, search: kept }),
    [navigate, view, kept],
  );
  const search = useCallback(
    (next: string) => void navigate({ to: '.', search: { ...(next ? { q: next } : {}), ...(tag ? { tag } : {}) }, replace: true }),
    [navigate, tag],
  );
  const narrow = useCallback((next: string) => void navigate({ to: '.', search: next ? { tag: next } : {} }), [navigate]);
  const back = useCallback(() => void navigate({ to: '/inbox/$view', params: { view }, search: kept }), [navigate, view, kept]);
  return { view, tag, slug: slugOf(view, tag), ticketId, q, open, search, narrow, back };
}

interface Aside {
  isShown: boolean;
  isNarrow: boolean;
  toggle: () => void;
}

/** The context: beside the conversation where there is room, else over it when it is asked for. */
function useAside(ticketId: string | undefined): Aside {
  const isNarrow = useNarrow();
  const { showContext } = usePrefs();
  const [openFor, setOpenFor] = useState<string | undefined>();
  const isOver = openFor !== undefined && openFor === ticketId;
  // Esc closes it, unless something over it took the key.
  useEffect(() => {
    if (!isNarrow || !isOver) return;
    const close = (event: KeyboardEvent) => event.key === 'Escape' && !event.defaultPrevented && setOpenFor(undefined);
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [isNarrow, isOver]);
  const toggle = () => (isNarrow ? setOpenFor(isOver ? undefined : ticketId) : setPrefs({ showContext: !showContext }));
  return { isShown: ticketId !== undefined && (isNarrow ? isOver : showContext), isNarrow, toggle };
}

/** The keys that move between tickets and panes. */
function useMoves(place: Place, aside: Aside, acts: { help: () => void; opening: () => void; mayOpen: boolean }): void {
  const store = useStore();
  const { showViews } = usePrefs();
  const step = (by: number) => {
    const { ids } = store.window(place.slug);
    const at = place.ticketId ? ids.indexOf(place.ticketId) : -1;
    const next = at < 0 ? ids[0] : ids[at + by];
    if (next) place.open(next);
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    '/': () => document.getElementById('search')?.focus(),
    '.': () => store.settle(place.slug),
    '?': acts.help,
    '[': () => setPrefs({ showViews: !showViews }),
    ']': aside.toggle,
    ...(acts.mayOpen ? { c: acts.opening } : {}),
  });
}

export function Workbench() {
  const { say } = useWords();
  const place = usePlace();
  const prefs = usePrefs();
  const session = useSession();
  const mayOpen = !isViewer(session);
  const [shown, setShown] = useState<'help' | 'opening' | null>(null);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const close = () => setShown(null);
  useGoKeys();
  const aside = useAside(place.ticketId);
  useMoves(place, aside, { help: () => setShown('help'), opening: () => setShown('opening'), mayOpen });
  const key = listName(place.view);
  const title = key ? say(key) : place.view;
  const ticket = useTicket(place.ticketId);
  useTitle(ticket ? `#${ticket.number} ${ticket.subject}` : title, session.workspace.name);
  return (
    <div className="workbench" data-open={place.ticketId ? 'ticket' : isMenuOpen ? 'views' : 'list'} data-views={prefs.showViews} data-context={prefs.showContext}>
      <a className="skip-link" href="#list">{say('skip.list')}</a>
      <a className="skip-link" href="#conversation">{say('skip.conversation')}</a>
      <div className="line-state-float"><LineState /></div>
      <div className="pane pane-views" style={{ width: prefs.viewsWidth }}>
        <Side onHelp={() => setShown('help')}>
          <Views onGo={() => setMenuOpen(false)} />
        </Side>
      </div>
      <Splitter label={say('pane.views')} width={prefs.viewsWidth} least={160} most={360} direction={1} onResize={(viewsWidth) => setPrefs({ viewsWidth })} />
      <div id="list" className="pane pane-list" style={{ width: prefs.listWidth }} tabIndex={-1}>
        <div className="pane-top">
          <span className="only-narrow">
            <IconButton label={say('views.label')} onPress={() => setMenuOpen(!isMenuOpen)} aria-expanded={isMenuOpen}><MenuIcon size={16} /></IconButton>
          </span>
          <SearchField q={place.q} onSearch={place.search} />
        </div>
        <ListPane place={place} title={title} onNew={mayOpen ? () => setShown('opening') : undefined} />
      </div>
      <Splitter label={say('pane.list')} width={prefs.listWidth} least={260} most={640} direction={1} onResize={(listWidth) => setPrefs({ listWidth })} />
      <main id="conversation" className="pane pane-conversation" tabIndex={-1}>
        <ConversationPane place={place} aside={aside} />
      </main>
      {place.ticketId && aside.isShown ? (
        <>
          <Splitter label={say('pane.context')} width={prefs.contextWidth} least={220} most={480} direction={-1} onResize={(contextWidth) => setPrefs({ contextWidth })} />
          <div className="pane pane-context" style={{ width: prefs.contextWidth }}>
            {aside.isNarrow ? <div className="context-close"><Button look="quiet" aria-label={say('context.close')} autoFocus onPress={aside.toggle}><CloseIcon size={16} aria-hidden="true" /></Button></div> : null}
            <ContextPanel key={place.ticketId} ticketId={place.ticketId} view={place.view} onInsert={mayOpen ? insertInReply : undefined} />
          </div>
        </>
      ) : null}
      <HelpDialog isOpen={shown === 'help'} onClose={close} />
      <OpeningDialog isOpen={shown === 'opening'} onClose={close} onOpened={(id) => { close(); place.open(id); }} />
    </div>
  );
}

function ListPane({ place, title, onNew }: { place: Place; title: string; onNew: (() => void) | undefined }) {
  const { say } = useWords();
  if (place.q) return <SearchResults q={place.q} chosen={place.ticketId} onChoose={place.open} />;
  const tools = (
    <>
      <TagFilter tag={place.tag} onNarrow={place.narrow} />
      {onNew ? <IconButton label={say('opening.title')} shortcut="c" onPress={onNew}><AddIcon size={16} /></IconButton> : null}
    </>
  );
  const line = place.tag ? <TagLine slug={place.slug} tag={place.tag} onClear={() => place.narrow('')} /> : null;
  return <TicketList key={place.slug} slug={place.slug} title={title} chosen={place.ticketId} onChoose={place.open} tools={tools} line={line} />;
}

function ConversationPane({ place, aside }: { place: Place; aside: Aside }) {
  const { say } = useWords();
  if (!place.ticketId) {
    const text = <>{say('conversation.none_text')} <Key>j</Key> <Key>k</Key></>;
    return <Empty icon={<ChatIcon size={28} strokeWidth={1.5} />} title={say('conversation.none_title')} text={text} />;
  }
  const back = (
    <span className="only-narrow">
      <IconButton label={say('back')} onPress={place.back}><BackIcon size={16} /></IconButton>
    </span>
  );
  const context = (
    <IconButton label={say('pane.context_toggle')} shortcut="]" aria-expanded={aside.isShown} onPress={aside.toggle}>
      <ContextIcon size={16} />
    </IconButton>
  );
  return <Conversation key={place.ticketId} id={place.ticketId} before={back} after={context} composer={(ticket) => <Composer ticket={ticket} />} />;
}

