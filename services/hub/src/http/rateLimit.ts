import { AppError, keys } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

const MINUTE_S = 60;

/**
 * Lets each address do so much a minute, counted over all hubs; 0 lets it do anything. While Redis is away each hub
 * counts alone. Answers `rate-limited` with `Retry-After`.
 */
export function createRateLimit(redis: Redis, perMinute: number): (what: string) => RequestHandler {
  if (perMinute === 0) return () => (_req, _res, next) => next();
  return (what) => {
    const limits = { points: perMinute, duration: MINUTE_S, keyPrefix: `${keys.rateLimit}:${what}` };
    const limiter = new RateLimiterRedis({
      ...limits,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(limits),
    });
    return async (req, res, next) => {
      try {
        await limiter.consume(req.ip ?? 'unknown');
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
        res.set('Retry-After', String(seconds));
        throw new AppError('rate-limited', `Too many requests. Try again in ${seconds} s.`);
      }
      next();
    };
  };
}
