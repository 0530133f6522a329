import type { Redis, Result } from 'ioredis';

/**
 * One step: answer a repeated ID with its former seq; refuse (-1) when the group has no counter; otherwise take the
 * next seq, append to the stream and tell the channel. Atomic, so the stream is gapless and ordered from birth.
 * A Lua function, so that a script which changes state can tell the fact in the same step.
 */
export const APPEND_FUNCTION = `
local function append(stream, counter, seen, body, channel, seenSeconds)
  local former = redis.call('GET', seen)
  if former then return tonumber(former) end
  if redis.call('EXISTS', counter) == 0 then return -1 end
  local seq = redis.call('INCR', counter)
  redis.call('XADD', stream, '*', 'seq', seq, 'body', body)
  redis.call('SET', seen, seq, 'EX', seenSeconds)
  redis.call('PUBLISH', channel, '{"seq":' .. string.format('%d', seq) .. ',"event":' .. body .. '}')
  return seq
end
`;

const APPEND = `${APPEND_FUNCTION}
return append(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3])`;

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

/** How long an ID is remembered. */
export const SEEN_SECONDS = 600;

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
