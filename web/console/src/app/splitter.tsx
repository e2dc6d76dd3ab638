// The line between two panes: dragged, or moved with the arrow keys when it has focus.
import type { KeyboardEvent, PointerEvent } from 'react';

export interface SplitterProps {
  label: string;
  width: number;
  least: number;
  most: number;
  /** 1 when the pane before the line grows to the right, -1 for the pane after it. */
  direction: 1 | -1;
  onResize: (width: number) => void;
}

const STEP = 16;

export function Splitter({ label, width, least, most, direction, onResize }: SplitterProps) {
  const set = (next: number) => onResize(Math.round(Math.min(most, Math.max(least, next))));
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const start = event.clientX;
    const line = event.currentTarget;
    const sign = getComputedStyle(line).direction === 'rtl' ? -direction : direction;
    line.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) => set(width + (moved.clientX - start) * sign);
    line.addEventListener('pointermove', move);
    line.addEventListener('pointerup', () => line.removeEventListener('pointermove', move), { once: true });
  };
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(width + by * direction);
  };
  return (
    <div
      className="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={step}
    />
  );
}
