const REQUESTS_PER_MINUTE = 1_000;
const TOKENS_PER_MINUTE = 40_000;
const MINUTE_MS = 60_000;

/** Counts what a session used within the last minute. It only reports: the simulator refuses nobody by itself. */
export class RateLimits {
  #used: { atMs: number; tokens: number }[] = [];

  /** Counts one response and says what is left. `nowMs` is any clock in milliseconds. */
  use(tokens: number, nowMs: number) {
    this.#used = this.#used.filter(({ atMs }) => nowMs - atMs < MINUTE_MS);
    this.#used.push({ atMs: nowMs, tokens });
    const spent = this.#used.reduce((sum, use) => sum + use.tokens, 0);
    return [
      limit('requests', REQUESTS_PER_MINUTE, this.#used.length),
      limit('tokens', TOKENS_PER_MINUTE, spent),
    ];
  }
}

function limit(name: 'requests' | 'tokens', most: number, used: number) {
  const reset = Math.round(((used * MINUTE_MS) / most / 1000) * 1000) / 1000;
  return { name, limit: most, remaining: Math.max(0, most - used), reset_seconds: reset };
}
