// Whether what is shown is live. Silent while it is; says so when the line is gone, and that nothing is lost.
import { OfflineIcon } from '@mainstay/ui';
import { useEffect, useState } from 'react';
import { useLiveState } from '../state/live';
import { useWords } from '../words';

/** Milliseconds a hiccup may last before it is worth a word. */
const PATIENCE_MS = 1_200;

function useIsOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const listen = () => setOnline(navigator.onLine);
    addEventListener('online', listen);
    addEventListener('offline', listen);
    return () => {
      removeEventListener('online', listen);
      removeEventListener('offline', listen);
    };
  }, []);
  return isOnline;
}

export function LineState() {
  const { say } = useWords();
  const isOnline = useIsOnline();
  const isBroken = useLiveState() === 'reconnecting';
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(isBroken), isBroken ? PATIENCE_MS : 0);
    return () => clearTimeout(timer);
  }, [isBroken]);
  return (
    <div role="status">
      {isShown || !isOnline ? (
        <p className="line-state">
          <OfflineIcon size={14} aria-hidden="true" /> {isOnline ? say('line.reconnecting') : say('line.offline')}
        </p>
      ) : null}
    </div>
  );
}
