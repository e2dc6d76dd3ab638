// How long to wait before the next try: doubling, capped, with jitter so that a thousand
// browsers do not come back in the same second.

export interface RetryPlan {
  firstMs: number;
  mostMs: number;
}

export const STREAM_RETRY: RetryPlan = { firstMs: 500, mostMs: 30_000 };

/** Milliseconds before try number `attempt` (0 is the first retry); `random` is in [0, 1). */
export function retryDelay(attempt: number, random: () => number = Math.random, plan: RetryPlan = STREAM_RETRY): number {
  const full = Math.min(plan.mostMs, plan.firstMs * 2 ** Math.min(attempt, 16));
  return Math.round(full / 2 + (full / 2) * random());
}
