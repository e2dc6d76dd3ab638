// Behind this gate somebody is signed in. A lost session leads to the door and back to where one was.
import { asProblem } from '@mainstay/api';
import { Button, Skeleton, Trouble } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { api } from '../state/api';
import { LiveProvider } from '../state/live';
import { useTell } from '../state/problems';
import { SessionProvider } from '../state/session';
import { useWords } from '../words';

export function Gate() {
  const { say } = useWords();
  const tell = useTell();
  const { href } = useLocation();
  const read = useQuery({ queryKey: ['session'], queryFn: api.session, staleTime: 60_000 });
  if (read.error && asProblem(read.error).status === 401) return <Navigate to="/sign-in" search={{ to: href }} replace />;
  if (read.data) {
    return (
      <SessionProvider value={read.data}>
        <LiveProvider>
          <Outlet />
        </LiveProvider>
      </SessionProvider>
    );
  }
  if (read.isError) {
    return (
      <main className="gate-state">
        <Trouble {...tell(read.error)} action={<Button onPress={() => void read.refetch()}>{say('try_again')}</Button>} />
      </main>
    );
  }
  return <main className="gate-state"><Skeleton lines={4} label={say('loading')} /></main>;
}
