// The one API object of the page and the query cache around it.
import { ApiProblem, Client, consoleApi } from '@mainstay/api';
import { QueryClient } from '@tanstack/react-query';

export const api = consoleApi(new Client());

function mayRetry(failures: number, thrown: Error): boolean {
  return failures < 2 && thrown instanceof ApiProblem && thrown.isPassing && thrown.code !== 'aborted';
}

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: mayRetry, staleTime: 30_000, refetchOnWindowFocus: false } },
});
