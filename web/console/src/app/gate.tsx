// Behind this gate somebody is signed in. A lost session leads to the door and back to where one was.
import { asProblem } from '@mainstay/api';
import { Button, Skeleton, Trouble } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api } from '../state/api';
import { LiveProvider } from '../state/live';
import { useTell } from '../state/problems';
import { SessionProvider } from '../state/session';
import { useWords } from '../words';

export function Gate() {
  const { say } = useWords();
  const tell = useTell();
  const read = useQuery({ queryKey: ['session'], queryFn: api.session, staleTime: 60_000 });
  const isOutside = read.error !== null && asProblem(read.error).status === 401;
  useToTheDoor(isOutside);
  if (read.data && !isOutside) {
    return (
      <SessionProvider value={read.data}>
        <LiveProvider>
          <Outlet />
        </LiveProvider>
      </SessionProvider>
    );
  }
  if (read.isError && !isOutside) {
    return (
      <main className="gate-state">
        <Trouble {...tell(read.error)} action={<Button onPress={() => void read.refetch()}>{say('try_again')}</Button>} />
      </main>
    );
  }
  return <main className="gate-state"><Skeleton lines={4} label={say('loading')} /></main>;
}

/** Leads to the door once, remembering the way back. */
function useToTheDoor(isOutside: boolean): void {
  const router = useRouter();
  useEffect(() => {
    if (isOutside) void router.navigate({ to: '/sign-in', search: { to: router.state.location.href }, replace: true });
  }, [isOutside, router]);
}
