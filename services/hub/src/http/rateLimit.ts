import { AppError, keys } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

const MINUTE_S = 60;
/** What one address may do of each in a minute, as a share of its limit. */
const SHARES = {
  /** Sessions cost a room and a link to the provider. */
  create: 1 / 10,
  /** Participants and their tokens, sockets' handshakes. */
  join: 1 / 5,
  socket: 1,
  configure: 1,
  read: 1,
  /** Tokens that are wrong, and IDs of sessions that are not there. */
  guess: 1 / 15,
} as const;
export type Limited = keyof typeof SHARES;

/** Refused; an HTTP answer carries `seconds` as `Retry-After`. */
export class RateLimited extends AppError {
  readonly seconds: number;
  constructor(seconds: number) {
    super('rate-limited', `Too many requests. Try again in ${seconds} s.`);
    this.seconds = seconds;
  }
}

/**
 * Lets each address do so much a minute, counted over all hubs; 0 lets it do anything. While Redis is away each hub
 * counts alone.
 */
export class RateLimits {
  readonly #limiters: ReadonlyMap<Limited, RateLimiterRedis>;

  constructor(redis: Redis, perMinute: number) {
    const limiter = (what: Limited) => {
      const points = Math.max(1, Math.round(perMinute * SHARES[what]));
      const limits = { points, duration: MINUTE_S, keyPrefix: `${keys.rateLimit}:${what}` };
      return new RateLimiterRedis({
        ...limits,
        storeClient: redis,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory(limits),
      });
    };
    const all = Object.keys(SHARES) as Limited[];
    this.#limiters = new Map(perMinute === 0 ? [] : all.map((what) => [what, limiter(what)]));
  }

  /** Counts one. Throws RateLimited above the limit. */
  async spend(what: Limited, address: string): Promise<void> {
    try {
      await this.#limiters.get(what)?.consume(address);
    } catch (refused) {
      throw refused instanceof RateLimiterRes ? tooMany(refused) : refused;
    }
  }

  /** Throws RateLimited when the limit is reached; counts nothing. */
  async check(what: Limited, address: string): Promise<void> {
    const limiter = this.#limiters.get(what);
    const state = await limiter?.get(address);
    if (limiter && state && state.consumedPoints >= limiter.points) throw tooMany(state);
  }

  /** The same, before a request. */
  before(what: Limited): RequestHandler {
    return async (req, _res, next) => {
      await this.spend(what, addressOf(req));
      next();
    };
  }

  /** Refuses whoever guessed too often, and counts requests that turn out to be guesses. */
  readonly guesses: RequestHandler = async (req, res, next) => {
    await this.check('guess', addressOf(req));
    res.on('finish', () => {
      const { refusal } = res.locals as { refusal?: string };
      const token = refusal === 'bad-token' && req.headers.authorization !== undefined;
      if (token || refusal === 'session-not-found') this.guessed(addressOf(req));
    });
    next();
  };

  /** Somebody there has guessed once more. */
  guessed(address: string): void {
    // Above the limit it rejects: the next request will read so.
    this.spend('guess', address).catch(() => undefined);
  }
}

const tooMany = ({ msBeforeNext }: RateLimiterRes) =>
  new RateLimited(Math.max(1, Math.ceil(msBeforeNext / 1_000)));
const addressOf = ({ ip }: { ip?: string | undefined }) => ip ?? 'unknown';
