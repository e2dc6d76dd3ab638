// The small things that carry meaning in a row: initials, badges, keys, status and priority marks.
// Rule: a mark has a shape of its own per meaning, and words for whoever does not see it.
import type { ReactNode } from 'react';

const TONES = 6;

/** The same ground for the same person, everywhere. */
export function toneOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return (sum % TONES) + 1;
}

/** One or two letters for a name that may have any number of parts. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/).filter(Boolean);
  const letters = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return letters.map((part) => [...(part ?? '')][0] ?? '').join('').toLocaleUpperCase() || '?';
}

export function Avatar({ name, size = 'normal' }: { name: string; size?: 'small' | 'normal' | 'large' }) {
  return (
    <span className="avatar" data-size={size} data-tone={toneOf(name)} data-letters={initials(name)} aria-hidden="true" />
  );
}

export function Badge({ tone, children }: { tone?: 'note' | 'good' | 'warning' | 'danger'; children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {children}
    </span>
  );
}

export function Key({ children }: { children: ReactNode }) {
  return <kbd className="key">{children}</kbd>;
}

const RING = <circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.5" />;
const DISC = <circle cx="7" cy="7" r="6.25" fill="currentColor" />;

const STATUS_SHAPES: Record<string, ReactNode> = {
  open: RING,
  in_progress: (
    <>
      {RING}
      <path d="M7 3.5a3.5 3.5 0 0 1 0 7z" fill="currentColor" />
    </>
  ),
  pending: (
    <>
      {RING}
      <path d="M5.5 5v4M8.5 5v4" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
  resolved: (
    <>
      {DISC}
      <path d="m4.2 7.2 2 2 3.6-4" fill="none" stroke="var(--surface-page)" strokeWidth="1.6" />
    </>
  ),
  closed: (
    <>
      {DISC}
      <path d="m5 5 4 4m0-4L5 9" stroke="var(--surface-page)" strokeWidth="1.5" />
    </>
  ),
};

/** Without a label the words stand beside it, and the mark is only for the eye. */
function Mark({ tone, label, children }: { tone: string; label: string; children: ReactNode }) {
  const heard = label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true };
  return (
    <svg className="mark" data-tone={tone} width="14" height="14" viewBox="0 0 14 14" {...heard}>
      {label ? <title>{label}</title> : null}
      {children}
    </svg>
  );
}

/** Ring, half, pause, tick or cross; a status from the future is a ring. */
export function StatusMark({ status, label }: { status: string; label: string }) {
  return (
    <Mark tone={status} label={label}>
      {STATUS_SHAPES[status] ?? RING}
    </Mark>
  );
}

const BARS: Record<string, number> = { low: 1, normal: 2, high: 3 };

/** Bars for low to high, a filled square with an exclamation mark for urgent. */
export function PriorityMark({ priority, label }: { priority: string; label: string }) {
  if (priority === 'urgent') {
    return (
      <Mark tone="urgent" label={label}>
        <rect x="1" y="1" width="12" height="12" rx="3" fill="currentColor" />
        <path d="M7 3.8v3.8M7 9.4v1" stroke="var(--surface-page)" strokeWidth="1.7" />
      </Mark>
    );
  }
  const filled = BARS[priority] ?? 2;
  const bars = [1, 2, 3].map((bar) => (
    <rect key={bar} x={bar * 4 - 3} y={10 - bar * 2.6} width="2.6" height={bar * 2.6 + 1.5} rx="0.8" fill="currentColor" opacity={bar <= filled ? 1 : 0.28} />
  ));
  return (
    <Mark tone={priority} label={label}>
      {bars}
    </Mark>
  );
}
