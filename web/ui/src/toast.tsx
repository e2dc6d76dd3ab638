// Short messages that need no answer: said once to screen readers, gone by themselves, kept while pointed at.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button, IconButton } from './button';
import { CloseIcon } from './icons';

export interface Toast {
  id: number;
  text: string;
  tone?: 'danger';
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 7_000;

/** The queue behind the toasts of one page. */
export class Toasts {
  #list: readonly Toast[] = [];
  #next = 1;
  #listeners = new Set<() => void>();

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  list = () => this.#list;

  show(toast: Omit<Toast, 'id'>): void {
    this.#set([...this.#list.slice(-2), { ...toast, id: this.#next++ }]);
  }

  hide(id: number): void {
    this.#set(this.#list.filter((toast) => toast.id !== id));
  }

  #set(list: readonly Toast[]): void {
    this.#list = list;
    for (const listener of this.#listeners) listener();
  }
}

export function ToastRegion({ toasts, closeLabel }: { toasts: Toasts; closeLabel: string }) {
  const list = useSyncExternalStore(toasts.subscribe, toasts.list);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((toast) => (
        <OneToast key={toast.id} toast={toast} closeLabel={closeLabel} onClose={() => toasts.hide(toast.id)} />
      ))}
    </div>
  );
}

function OneToast({ toast, closeLabel, onClose }: { toast: Toast; closeLabel: string; onClose: () => void }) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  });
  const { action } = toast;
  const act = () => {
    action?.run();
    onClose();
  };
  return (
    <div className="toast" data-tone={toast.tone} onMouseEnter={() => setHeld(true)} onMouseLeave={() => setHeld(false)} onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}>
      <span className="toast-text">{toast.text}</span>
      {action ? (
        <Button size="small" onPress={act}>
          {action.label}
        </Button>
      ) : null}
      <IconButton size="small" label={closeLabel} onPress={onClose}>
        <CloseIcon size={14} />
      </IconButton>
    </div>
  );
}
