import type { JobId, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Desk } from '../desk/Desk.ts';
import type { Dispatch } from '../desk/Dispatch.ts';
import { admit } from '../desk/places.ts';
import type { Limits } from '../desk/ports.ts';

export interface CaretakerOptions {
  dispatch: Dispatch;
  desk: Pick<Desk, 'expire' | 'endSession'>;
  limits: Limits;
  now: () => number;
  log: Log;
  everyMs?: number;
}

/** The delayed request comes first; this only makes up for one that was lost. */
const EXPIRE_LATER_MS = 3_000;

/**
 * Looks again and again that every job without an end gets one: that what may run is in its queue, that what nobody
 * answered expires, that what belongs to an ended session stops (T12). All that it does is harmless when somebody else
 * does it too.
 */
export class Caretaker {
  readonly #options: Required<CaretakerOptions>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(options: CaretakerOptions) {
    this.#options = { everyMs: 5_000, ...options };
  }

  start(): void {
    const next = () => {
      if (this.#closed) return;
      this.#looking = this.look()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'jobs not looked after'))
        .finally(() => (this.#timer = setTimeout(next, this.#options.everyMs)));
    };
    next();
  }

  async look(): Promise<void> {
    const { store } = this.#options.dispatch;
    const sessions = new Map<SessionId, JobId[]>();
    for (const { sessionId, jobId } of await store.open())
      sessions.set(sessionId, [...(sessions.get(sessionId) ?? []), jobId]);
    for (const [sessionId, jobIds] of sessions) {
      if (this.#closed) return;
      if (!(await store.isLive(sessionId))) await this.#options.desk.endSession(sessionId);
      await this.#refill(sessionId);
      for (const jobId of jobIds) await this.#lookAt(sessionId, jobId);
    }
  }

  /** Places that are free though somebody waits. */
  async #refill(sessionId: SessionId): Promise<void> {
    const { dispatch, limits } = this.#options;
    await dispatch.change(sessionId, {}, ({ desk }) => {
      const filled = admit(desk, limits);
      return filled === desk ? { result: undefined } : { change: { desk: filled }, result: undefined };
    });
  }

  async #lookAt(sessionId: SessionId, jobId: JobId): Promise<void> {
    const { dispatch, desk, now, log } = this.#options;
    const { store, queues } = dispatch;
    const { job, desk: all, approvals } = await store.view(sessionId, { jobId });
    if (!job || job.state.at === 'over') return;
    for (const { approvalId, expiresAt } of approvals)
      if (now() >= expiresAt + EXPIRE_LATER_MS) await desk.expire(sessionId, approvalId);
    if (job.state.at === 'asking' || !all.admitted.includes(jobId)) return;
    if ((await queues.find(job.kind, jobId)) === 'there') return;
    // Between its last word and its end an entry may be gone already: only one that stays so is put back.
    if (job.state.at === 'running' && (await store.isAlive(job.state.run))) return;
    log.warn({ sessionId, jobId, state: job.state.at }, 'job put into its queue again');
    await dispatch.enqueue(sessionId, jobId);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }
}
