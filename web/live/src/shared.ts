// One connection for all tabs of a browser: the tab that holds the lock reads the stream and tells the others.
// Without locks or channels (an insecure page, an old browser) every tab simply reads for itself.
import type { Connection, LiveState } from './connection';
import type { Frame } from './stream';

type Told = { frame: Frame } | { state: LiveState } | { ask: true };

export interface SharedListener {
  onFrame: (frame: Frame) => void;
  onState: (state: LiveState) => void;
}

export interface SharedOptions {
  /** Distinguishes members and workspaces: frames of one must not reach another's tabs. */
  name: string;
  connect: (listener: SharedListener) => Connection;
  listener: SharedListener;
}

/** Starts sharing; the returned function ends this tab's part. */
export function shareConnection(options: SharedOptions): () => void {
  const canShare = typeof BroadcastChannel === 'function' && 'locks' in navigator;
  return canShare ? takePart(options) : readAlone(options);
}

function readAlone({ connect, listener }: SharedOptions): () => void {
  const connection = connect(listener);
  const hurry = () => connection.hurry();
  addEventListener('online', hurry);
  connection.start();
  return () => {
    removeEventListener('online', hurry);
    connection.stop();
  };
}

function takePart({ name, connect, listener }: SharedOptions): () => void {
  const channel = new BroadcastChannel(`mainstay-live-${name}`);
  const leaving = new AbortController();
  let lead: { connection: Connection; state: LiveState } | null = null;
  let lastId: string | null = null;

  const tell = (told: Told) => channel.postMessage(told);
  const hear = (told: Told) => {
    if ('ask' in told) return void (lead && tell({ state: lead.state }));
    if ('state' in told) return listener.onState(told.state);
    if (told.frame.id) lastId = told.frame.id;
    listener.onFrame(told.frame);
  };
  const both = (told: Told) => {
    hear(told);
    tell(told);
  };
  const become = () => {
    const connection = connect({
      onFrame: (frame) => both({ frame }),
      onState: (state) => {
        if (lead) lead.state = state;
        if (state !== 'stopped') both({ state });
      },
    });
    connection.lastId = lastId;
    lead = { connection, state: 'connecting' };
    connection.start();
    return new Promise<void>((done) => leaving.signal.addEventListener('abort', () => done()));
  };
  const hurry = () => lead?.connection.hurry();

  channel.addEventListener('message', (message: MessageEvent<Told>) => hear(message.data));
  addEventListener('online', hurry);
  void navigator.locks.request(`mainstay-live-${name}`, { signal: leaving.signal }, become).catch(() => undefined);
  tell({ ask: true });

  return () => {
    lead?.connection.stop();
    leaving.abort();
    removeEventListener('online', hurry);
    channel.close();
  };
}
