// The toasts of the page, reachable from verbs that are not components.
import { Toasts } from '@mainstay/ui';

export const toasts = new Toasts();
