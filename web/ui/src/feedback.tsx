// Waiting, nothing there, and trouble: each state says what it is and what to do next.
import type { ReactNode } from 'react';

/** Grey lines in the shape of what is coming; `label` is what a screen reader hears. */
export function Skeleton({ lines = 3, label }: { lines?: number; label: string }) {
  const widths = ['72%', '94%', '58%', '81%', '66%'];
  return (
    <div role="status" aria-label={label} className="skeleton-block">
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} className="skeleton" style={{ width: widths[at % widths.length], marginBlock: '0.75rem' }} />
      ))}
    </div>
  );
}

export function Empty({ icon, title, text, action }: { icon?: ReactNode; title: string; text?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      {icon}
      <p className="empty-title">{title}</p>
      {text ? <p className="empty-text">{text}</p> : null}
      {action}
    </div>
  );
}

/** What happened, what to do, and the reference to quote. */
export function Trouble({ title, text, reference, action }: { title: string; text?: ReactNode; reference?: string | undefined; action?: ReactNode }) {
  return (
    <div className="trouble" role="alert">
      <p className="trouble-title">{title}</p>
      {text ? <p>{text}</p> : null}
      {reference ? <p className="trouble-reference">{reference}</p> : null}
      {action ? <div className="trouble-actions">{action}</div> : null}
    </div>
  );
}

export function Spinner() {
  return <span className="spinner" aria-hidden="true" />;
}
