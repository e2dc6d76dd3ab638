// The door of the API package: shapes, the client, the calls, the one error type.
export * from './shapes';
export * from './knowledge-shapes';
export * from './routing-shapes';
export * from './filing-shapes';
export { filingApi } from './filing';
export * from './promise-shapes';
export { ApiProblem, asProblem, localProblem, readProblem, type ProblemBody } from './problem';
export { Client, newClientId, withQuery, type ClientOptions, type Send } from './client';
export { SEARCH_LIMIT, consoleApi, everyPage, type ConsoleApi, type NewMessage, type NewTicket, type TicketQuery } from './calls';
export * from './triage';
export * from './automation';
export { routingApi } from './routing';
export { promiseApi } from './promises';
export { knowledgeApi, type ArticleQuery, type ArticleQuestion } from './knowledge';
