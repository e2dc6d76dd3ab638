// The times a ticket can be snoozed to, in the member's own time zone.
export const SNOOZES = ['hour', 'four_hours', 'tomorrow', 'monday', 'week'] as const;
export type Snooze = (typeof SNOOZES)[number];

const HOUR_MS = 3_600_000;
const MORNING = 9;

/** When a choice made at `now` ends. */
export function snoozeUntil(choice: Snooze, now: Date): Date {
  switch (choice) {
    case 'hour':
      return new Date(now.getTime() + HOUR_MS);
    case 'four_hours':
      return new Date(now.getTime() + 4 * HOUR_MS);
    case 'tomorrow':
      return morning(now, 1);
    case 'monday':
      return morning(now, ((8 - now.getDay()) % 7) || 7);
    default:
      return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 7, now.getHours(), now.getMinutes());
  }
}

function morning(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
}
