import type { Redis, Result } from 'ioredis';

/**
 * One step: answer a repeated ID with its former seq; refuse (-1) when the group has no counter; otherwise take the
 * next seq, append to the stream and tell the channel. Atomic, so the stream is gapless and ordered from birth.
 */
const APPEND = `
local seen = redis.call('GET', KEYS[3])
if seen then return tonumber(seen) end
if redis.call('EXISTS', KEYS[2]) == 0 then return -1 end
local seq = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], '*', 'seq', seq, 'body', ARGV[1])
redis.call('SET', KEYS[3], seq, 'EX', ARGV[3])
redis.call('PUBLISH', ARGV[2], '{"seq":' .. string.format('%d', seq) .. ',"event":' .. ARGV[1] .. '}')
return seq
`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    parleyAppend(
      stream: string,
      counter: string,
      seen: string,
      body: string,
      channel: string,
      seenSeconds: number,
    ): Result<number, Context>;
  }
}

/** Where one body goes. `counter` numbers its group; `seen` is the key that remembers this very body. */
export interface Place {
  stream: string;
  counter: string;
  seen: string;
  channel: string;
}

/** The group's counter is not in Redis: somebody who knows the last number must restore it first. */
export class CounterMissing extends Error {
  constructor(counter: string) {
    super(`No counter at ${counter}`);
    this.name = 'CounterMissing';
  }
}

const SEEN_SECONDS = 600;

/**
 * Appends JSON bodies to a Redis stream under a gapless number per group, and publishes
 * `{"seq":…,"event":<body>}` on a channel in the same step. A repeat within 10 minutes is harmless.
 */
export class SequencedLog {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
    redis.defineCommand('parleyAppend', { numberOfKeys: 3, lua: APPEND });
  }

  /** Returns the number given. Throws CounterMissing. */
  async append(place: Place, body: unknown): Promise<number> {
    const text = JSON.stringify(body);
    const seq = await this.#redis.parleyAppend(
      place.stream,
      place.counter,
      place.seen,
      text,
      place.channel,
      SEEN_SECONDS,
    );
    if (seq < 0) throw new CounterMissing(place.counter);
    return seq;
  }
}
