// The door of the live package: the store, the lists' rules, the connection, the re-reads.
export { Store, mergeMessages, type Change, type PageRead } from './store';
export { EMPTY_WINDOW, belongs, isServerOrdered, newestFirst, settle, slugOf, slugQuery, type ListSlug, type ListWindow } from './lists';
export { Connection, type ConnectionOptions, type LiveState } from './connection';
export { shareConnection } from './shared';
export { Rereads, ticketOf } from './rereads';
export { FrameParser, readFrames, type Frame } from './stream';
export { retryDelay } from './retry';
