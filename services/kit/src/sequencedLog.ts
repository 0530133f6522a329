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

/** A repeat of what was taken is answered also to one who may append no more. */
const APPEND = `${APPEND_FUNCTION}
local epoch = tonumber(ARGV[4])
if epoch > 0 and redis.call('EXISTS', KEYS[3]) == 0 then
  if tonumber(redis.call('HGET', KEYS[4], 'epoch') or '0') > epoch then return -2 end
end
return append(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3])`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    parleyAppend(
      stream: string,
      counter: string,
      seen: string,
      fence: string,
      body: string,
      channel: string,
      seenSeconds: number,
      epoch: number,
    ): Result<number, Context>;
  }
}

/** Where one body goes. `counter` numbers its group; `seen` is the key that remembers this very body. */
export interface Place {
  stream: string;
  counter: string;
  seen: string;
  channel: string;
  /** Refused when the field `epoch` of the hash at `key` is higher than this one: somebody else appends there now. */
  fence?: { key: string; epoch: number };
}

/** The group's counter is not in Redis: somebody who knows the last number must restore it first. */
export class CounterMissing extends Error {
  constructor(counter: string) {
    super(`No counter at ${counter}`);
    this.name = 'CounterMissing';
  }
}

/** The group was given to somebody else: what the former one still had to say does not count any more. */
export class Superseded extends Error {
  constructor(counter: string) {
    super(`Somebody else appends at ${counter} now`);
    this.name = 'Superseded';
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
    redis.defineCommand('parleyAppend', { numberOfKeys: 4, lua: APPEND });
  }

  /** Returns the number given. Throws CounterMissing, Superseded. */
  async append(place: Place, body: unknown): Promise<number> {
    const text = JSON.stringify(body);
    const seq = await this.#redis.parleyAppend(
      place.stream,
      place.counter,
      place.seen,
      place.fence?.key ?? place.counter,
      text,
      place.channel,
      SEEN_SECONDS,
      place.fence?.epoch ?? 0,
    );
    if (seq === -2) throw new Superseded(place.counter);
    if (seq < 0) throw new CounterMissing(place.counter);
    return seq;
  }
}
