// Staying at the end of a conversation while one is there, and knowing what was really seen.
import type { MessageOut } from '@mainstay/api';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { markSeen } from '../../state/seen';

/** Pixels from the end that still count as the end. */
const NEAR = 80;

export function useStayAtEnd(ticketId: string, messages: readonly MessageOut[]) {
  const frame = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [isAway, setAway] = useState(false);
  const last = messages.at(-1)?.id;

  const toEnd = () => {
    const place = frame.current;
    if (place) place.scrollTop = place.scrollHeight;
  };
  const noteSeen = useCallback(() => {
    if (last && isAtEnd.current && document.visibilityState === 'visible') markSeen(ticketId, last);
  }, [ticketId, last]);

  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd();
    else setAway(true);
    noteSeen();
  }, [noteSeen]);

  useEffect(() => {
    const place = frame.current;
    if (!place) return;
    const listen = () => {
      isAtEnd.current = place.scrollHeight - place.scrollTop - place.clientHeight < NEAR;
      if (isAtEnd.current) setAway(false);
      noteSeen();
    };
    const follow = new ResizeObserver(() => void (isAtEnd.current && toEnd()));
    follow.observe(place);
    for (const child of place.children) follow.observe(child);
    place.addEventListener('scroll', listen, { passive: true });
    document.addEventListener('visibilitychange', noteSeen);
    return () => {
      follow.disconnect();
      place.removeEventListener('scroll', listen);
      document.removeEventListener('visibilitychange', noteSeen);
    };
  });

  return { frame, isAway, toEnd };
}
