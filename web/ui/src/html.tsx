// HTML that came from the server, in a container of its own, through the second wall.
import { useLayoutEffect, useRef } from 'react';
import { safeFragment } from './safe-html';

/** `pictures` is a path of this origin under which pictures may lie; without it only those inside the text show. */
export function SafeHtml({ html, className, pictures = '' }: { html: string; className: string; pictures?: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.replaceChildren(safeFragment(html, pictures));
  }, [html, pictures]);
  return <div ref={place} className={className} dir="auto" />;
}
