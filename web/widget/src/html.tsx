// HTML of messages and articles, put in behind the second wall.
import { safeFragment } from '@mainstay/ui/safe-html';
import { useLayoutEffect, useRef } from 'preact/hooks';

export function Html({ html }: { html: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.replaceChildren(safeFragment(html));
  }, [html]);
  return <div ref={place} dir="auto" />;
}
