// What the pages of Knowledge share: the page with its title, the states of a list, a question before something happens.
import { asProblem, type ApiProblem } from '@mainstay/api';
import { Button, Dialog, DialogActions, Skeleton, Trouble } from '@mainstay/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTell } from '../../state/problems';
import { useSession } from '../../state/session';
import { useTitle } from '../../state/title';
import { useWords } from '../../words';
import './knowledge.css';

export function Page({ title, text, action, children }: { title: string; text?: string; action?: ReactNode; children: ReactNode }) {
  useTitle(title, useSession().workspace.name);
  return (
    <section className="kb-page" aria-labelledby="kb-title">
      <header className="kb-head">
        <h1 id="kb-title" className="kb-title" dir="auto">{title}</h1>
        {action}
      </header>
      {text ? <p className="kb-text">{text}</p> : null}
      {children}
    </section>
  );
}

interface Reading {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

/** Waiting and trouble of a read; nothing once it has answered. */
export function ReadState({ read, lines = 6 }: { read: Reading; lines?: number }) {
  const { say } = useWords();
  const tell = useTell();
  if (read.isPending) return <Skeleton lines={lines} label={say('loading')} />;
  if (!read.isError) return null;
  return <Trouble {...tell(read.error)} action={<Button onPress={() => void read.refetch()}>{say('try_again')}</Button>} />;
}

/** The next page of a list, when there is one. */
export function MoreButton({ read }: { read: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } }) {
  const { say } = useWords();
  if (!read.hasNextPage) return null;
  return <Button isPending={read.isFetchingNextPage} onPress={() => void read.fetchNextPage()}>{say('more')}</Button>;
}

export function Table({ label, heads, children }: { label: string; heads: string[]; children: ReactNode }) {
  return (
    <table className="table" aria-label={label}>
      <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
      <tbody>{children}</tbody>
    </table>
  );
}

export interface AskProps {
  title: string;
  submit: string;
  onClose: () => void;
  send: () => Promise<unknown>;
  look?: 'primary' | 'danger';
  children: ReactNode | ((problem: ApiProblem | null) => ReactNode);
}

/** A dialog that does one thing, keeps what was typed on a refusal, and closes when it is done. */
export function Ask({ title, submit, onClose, send, look = 'primary', children }: AskProps) {
  const { say } = useWords();
  const tell = useTell();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const go = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await send();
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <form className="form" onSubmit={(event) => void go(event)}>
        {problem ? <Trouble {...tell(problem)} /> : null}
        {typeof children === 'function' ? children(problem) : children}
        <DialogActions>
          <Button onPress={onClose}>{say('cancel')}</Button>
          <Button type="submit" look={look} isPending={isBusy}>{submit}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
