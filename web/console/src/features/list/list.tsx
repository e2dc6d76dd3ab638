// The middle pane: a virtualised list that follows the world without moving what somebody looks at.
// A grid with roving focus for screen readers and keyboards; new tickets wait behind a pill.
import { isServerOrdered, type ListWindow } from '@mainstay/live';
import { Button, Empty, InboxIcon, Skeleton, Trouble } from '@mainstay/ui';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import { useListWindow, useStore } from '../../state/live';
import { useTell } from '../../state/problems';
import { useWords } from '../../words';
import { DueProvider, useDues } from './due';
import { useListReading } from './reading';
import { ListRow, ROW_HEIGHT } from './row';
import './list.css';

export interface TicketListProps {
  slug: string;
  title: string;
  chosen: string | undefined;
  onChoose: (id: string) => void;
  tools?: ReactNode;
  /** What the list is narrowed to, under its title. */
  line?: ReactNode;
}

export function TicketList({ slug, title, chosen, onChoose, tools, line }: TicketListProps) {
  const window = useListWindow(slug);
  const store = useStore();
  const reading = useListReading(slug);
  const dues = useDues(window.ids);
  const tell = useTell();
  const { say } = useWords();
  // A page may be empty and still have a next one: then the look goes on by itself.
  const isLooking = window.loaded && window.ids.length === 0 && window.next !== null;
  const { fetchNextPage, isFetching, hasNextPage } = reading;
  useEffect(() => {
    if (isLooking && hasNextPage && !isFetching && !reading.isError) void fetchNextPage();
  }, [isLooking, hasNextPage, isFetching, reading.isError, fetchNextPage]);
  const trouble = reading.isError && !window.loaded ? tell(reading.error) : null;
  return (
    <section className="list" aria-label={title}>
      <header className="list-head">
        <h1 className="list-title">{title}</h1>
        <NewPill window={window} onSettle={isServerOrdered(slug) ? reading.restart : () => store.settle(slug)} />
        {tools}
      </header>
      {line}
      {trouble ? (
        <div className="list-state">
          <Trouble {...trouble} action={<Button onPress={() => void reading.refetch()}>{say('try_again')}</Button>} />
        </div>
      ) : null}
      {(!window.loaded || isLooking) && !trouble ? <ListSkeleton label={say('list.loading')} /> : null}
      {window.loaded && window.ids.length === 0 && !window.next ? (
        <Empty icon={<InboxIcon size={28} strokeWidth={1.5} />} title={say(isServerOrdered(slug) ? 'list.none_due' : 'list.empty_title')} text={say(isServerOrdered(slug) ? 'list.none_due_text' : 'list.empty_text')} />
      ) : null}
      {window.loaded && window.ids.length > 0 ? (
        <DueProvider value={dues}>
          <Rows window={window} chosen={chosen} onChoose={onChoose} label={title} onNearEnd={() => void (reading.hasNextPage && !reading.isFetching && reading.fetchNextPage())} />
        </DueProvider>
      ) : null}
    </section>
  );
}

/** "3 new": brings them in only when asked, and says so to screen readers once in a while. */
function NewPill({ window, onSettle }: { window: ListWindow; onSettle: () => void }) {
  const { say } = useWords();
  const count = window.fresh.length;
  return (
    <div className="list-pill-place" role="status">
      {count > 0 ? (
        <Button look="primary" size="small" onPress={onSettle}>
          {say('list.new', { count })}
        </Button>
      ) : null}
    </div>
  );
}

function ListSkeleton({ label }: { label: string }) {
  return (
    <div className="list-skeleton">
      {[1, 2, 3, 4, 5].map((row) => (
        <Skeleton key={row} lines={2} label={row === 1 ? label : ''} />
      ))}
    </div>
  );
}

interface RowsProps {
  window: ListWindow;
  chosen: string | undefined;
  onChoose: (id: string) => void;
  onNearEnd: () => void;
  label: string;
}

function Rows({ window, chosen, onChoose, onNearEnd, label }: RowsProps) {
  const frame = useRef<HTMLDivElement>(null);
  const { ids, gone, next } = window;
  const rows = useVirtualizer({ count: ids.length, getScrollElement: () => frame.current, estimateSize: () => ROW_HEIGHT, overscan: 8 });
  const items = rows.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const at = chosen ? ids.indexOf(chosen) : -1;

  useEffect(() => {
    if (next && lastShown >= ids.length - 10) onNearEnd();
  }, [next, lastShown, ids.length, onNearEnd]);
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' });
  }, [at, rows]);

  const move = (to: number) => {
    const id = ids[to];
    if (!id) return;
    onChoose(id);
    rows.scrollToIndex(to, { align: 'auto' });
    requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus());
  };
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 };
  return (
    <div
      ref={frame}
      className="list-rows"
      role="grid"
      tabIndex={-1}
      aria-label={label}
      aria-rowcount={next ? -1 : ids.length}
      onKeyDown={(event) => {
        const to = steps[event.key];
        if (to === undefined) return;
        event.preventDefault();
        move(to);
      }}
    >
      <div role="rowgroup" className="list-canvas" style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const id = ids[item.index] ?? '';
          return (
            <ListRow
              key={id}
              id={id}
              index={item.index}
              top={item.start}
              isChosen={id === chosen}
              isGone={gone.has(id)}
              isStop={item.index === Math.max(0, at)}
              onChoose={onChoose}
            />
          );
        })}
      </div>
    </div>
  );
}
