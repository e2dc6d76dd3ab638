// Whether somebody is there now, and if not, when: an honest expectation before one asks.
import type { ScreenProps } from './panel';

const WEEK_MS = 7 * 86_400_000;

/** One line; nothing when the desk promises no hours. */
export function OpeningLine({ state, words }: Pick<ScreenProps, 'state' | 'words'>) {
  const { opening } = state;
  if (!opening) return null;
  if (opening.is_open) return <p class="quiet">{words.say('open_now')}</p>;
  if (!opening.opens_at) return <p class="quiet">{words.say('closed_now')}</p>;
  return <p class="quiet">{words.say('opens_at', { time: when(opening.opens_at, words.locale, Date.now()) })}</p>;
}

/** An instant soon to come: its day of the week and the time, in the reader's own zone; further away with the date. */
export function when(at: string, locale: string, now: number): string {
  const time = new Date(at);
  const isNear = time.getTime() - now < WEEK_MS;
  const day: Intl.DateTimeFormatOptions = isNear ? { weekday: 'long' } : { weekday: 'long', day: 'numeric', month: 'long' };
  return new Intl.DateTimeFormat(locale, { ...day, hour: 'numeric', minute: '2-digit' }).format(time);
}
