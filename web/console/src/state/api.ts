// The API objects of the page, one client under both, and the query cache around them.
import { ApiProblem, automationApi, Client, consoleApi, filingApi, knowledgeApi, promiseApi, routingApi, triageApi } from '@mainstay/api';
import { QueryClient } from '@tanstack/react-query';

const client = new Client();
export const api = consoleApi(client);
export const filing = filingApi(client);
export const knowledge = knowledgeApi(client);
export const triage = triageApi(client);
export const automation = automationApi(client);
export const routing = routingApi(client);
export const promises = promiseApi(client);

function mayRetry(failures: number, thrown: Error): boolean {
  return failures < 2 && thrown instanceof ApiProblem && thrown.isPassing && thrown.code !== 'aborted';
}

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: mayRetry, staleTime: 30_000, refetchOnWindowFocus: false } },
});
