// HTML that came from the server, in a container of its own, through the second wall.
import { useLayoutEffect, useRef } from 'react';
import { safeFragment } from './safe-html';

export function SafeHtml({ html, className }: { html: string; className: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.replaceChildren(safeFragment(html));
  }, [html]);
  return <div ref={place} className={className} dir="auto" />;
}
