// Who is signed in, for everything below the gate.
import type { SessionOut } from '@mainstay/api';
import { createContext, useContext } from 'react';

const SessionContext = createContext<SessionOut | null>(null);
export const SessionProvider = SessionContext.Provider;

/** The session; only called below the gate, where there is one. */
export function useSession(): SessionOut {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside the gate');
  return session;
}

/** Whether this member's role may administer the workspace. The server decides; this only hides what it would refuse. */
export function mayAdminister(session: SessionOut): boolean {
  return session.member.role === 'owner' || session.member.role === 'admin';
}

/** Whether this member only looks. */
export function isViewer(session: SessionOut): boolean {
  return session.member.role === 'viewer';
}
