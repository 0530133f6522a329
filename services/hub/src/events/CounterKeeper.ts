import { keys, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import { SEEN_SECONDS } from '@parley/kit/sequencedLog';
import { Script } from '@parley/kit/script';
import type { Archive, Channels, EventTail } from '../session/ports.ts';

/** Events this recent may be appended once more by somebody who never got the answer. */
const RECENT_EVENTS = 200;
/** The counter of a session that is not live stays this long. */
const COUNTER_SECONDS = 3_600;

/** counter, session, seen keys… | last seq, seconds of a counter, seconds of the seen, seq of each seen key */
const RESTORE = new Script(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
for i = 3, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1], 'EX', ARGV[3], 'NX') end
redis.call('SET', KEYS[1], ARGV[1])
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
`);

/**
 * Gives sessions back the counter that Redis has lost, from the archive and from what still waits for the writer, and
 * with it the memory of their latest events, so that a repeated append is still answered and not repeated (H10).
 */
export class CounterKeeper {
  readonly #redis: Redis;
  readonly #archive: Archive;
  readonly #tail: EventTail;
  readonly #log: Log;
  readonly #restoring = new Map<SessionId, Promise<void>>();

  constructor(options: { redis: Redis; archive: Archive; tail: EventTail; log: Log }) {
    this.#redis = options.redis;
    this.#archive = options.archive;
    this.#tail = options.tail;
    this.#log = options.log;
  }

  /** Answers everybody who misses a counter. */
  async listen(channels: Channels): Promise<void> {
    await channels.subscribe(keys.seqWanted, (message) => {
      const id = SessionId.safeParse(message);
      if (!id.success) {
        this.#log.warn({ message: message.slice(0, 100) }, 'counter wanted for what is no session');
        return;
      }
      this.restore(id.data).catch((error: unknown) =>
        this.#log.warn({ err: error, sessionId: id.data }, 'counter not restored'),
      );
    });
  }

  /** Does nothing when the counter is there. Throws `not-ready` while Postgres is away. */
  restore(id: SessionId): Promise<void> {
    const running = this.#restoring.get(id);
    if (running) return running;
    const restoring = this.#restore(id).finally(() => this.#restoring.delete(id));
    this.#restoring.set(id, restoring);
    return restoring;
  }

  async #restore(id: SessionId): Promise<void> {
    // The stream first: what is trimmed from it meanwhile has been committed before.
    const waiting = await this.#tail.unwritten(id);
    const last = Math.max(await this.#archive.lastSeq(id), waiting.at(-1)?.seq ?? 0);
    const after = Math.max(0, last - RECENT_EVENTS);
    const written = await this.#archive.events(id, { after, limit: RECENT_EVENTS });
    const recent = new Map([...written, ...waiting].map((event) => [event.seq, event]));
    const seen = [...recent.values()].map((event) => keys.eventSeen(id, event.id));
    const done = await RESTORE.run(
      this.#redis,
      [keys.seq(id), keys.session(id), ...seen],
      [last, COUNTER_SECONDS, SEEN_SECONDS, ...recent.keys()],
    );
    if (done === 1) this.#log.info({ sessionId: id, last }, 'counter restored');
  }
}
