import { randomUUID } from 'node:crypto';
import { JobControl, type JobId, type JobKind, type JobPayload } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { inSpan } from '@parley/kit/tracing';
import type { Dispatch } from '../desk/Dispatch.ts';
import { as, type Limits, type View } from '../desk/ports.ts';
import { complete, putBack, take } from '../desk/running.ts';
import * as words from '../desk/words.ts';
import type { Runner } from '../jobs/Runner.ts';
import { LiveRun } from './LiveRun.ts';
import type { Artifacts } from './ports.ts';

export interface RunsOptions {
  runners: Readonly<Record<JobKind, Runner>>;
  dispatch: Dispatch;
  artifacts: Artifacts;
  limits: Limits;
  timeoutMs: number;
  /** A process that is silent for so long has lost its jobs. */
  leaseMs: number;
  /** How often each run looks at its record, and says that it is alive. */
  lookMs?: number;
  graceMs?: number;
  now: () => number;
  log: Log;
  measure?: (kind: JobKind, outcome: 'ended' | 'lost' | 'put-back', ms: number) => void;
}

interface Running {
  live: LiveRun;
  finished: Promise<'done' | 'later'>;
}

/** The jobs that this process runs. */
export class Runs {
  readonly #options: Required<RunsOptions>;
  readonly #running = new Map<JobId, Running>();
  readonly #lookingAt = new Map<JobId, () => void>();
  #closing = false;

  constructor(options: RunsOptions) {
    this.#options = { lookMs: 1_000, graceMs: 8_000, measure: () => undefined, ...options };
  }

  get size(): number {
    return this.#running.size;
  }

  /**
   * A queue hands out a job. Resolves when it needs no worker any more (`done`), or is to be handed out again after a
   * while: another process has it, or this one is stopping.
   */
  async take(payload: JobPayload): Promise<'done' | 'later'> {
    const { jobId } = payload;
    // The queue had lost sight of this process; the run itself never stopped.
    const own = this.#running.get(jobId);
    if (own) return own.finished;
    if (this.#closing) return 'later';
    const { promise: finished, resolve } = Promise.withResolvers<'done' | 'later'>();
    const taken = await this.#take(payload);
    if (typeof taken === 'string') return taken;
    const twice = this.#running.get(jobId);
    if (twice) return twice.finished;
    this.#running.set(jobId, { live: taken, finished });
    const attributes = { 'parley.session.id': payload.sessionId, 'parley.job.id': jobId };
    const span = { kind: 'consumer', parent: payload.traceparent ?? null, attributes } as const;
    resolve(inSpan(`job:${payload.kind}`, span, () => this.#live(payload, taken)));
    return finished;
  }

  /** Something was said about a job, perhaps one of these. */
  control(message: string): void {
    const control = JobControl.safeParse(parsed(message));
    if (control.success) this.#lookingAt.get(control.data.jobId)?.();
  }

  /** Takes no more jobs; those that run are put back for other processes, or end with that. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const { live } of this.#running.values()) live.stop('stopping');
    await Promise.all([...this.#running.values()].map(({ finished }) => finished));
  }

  async #take({ sessionId, jobId, kind }: JobPayload): Promise<LiveRun | 'done' | 'later'> {
    const { dispatch, runners, limits, leaseMs, lookMs, now, log } = this.#options;
    const { store } = dispatch;
    const run = randomUUID();
    const runner = runners[kind];
    const { job: before } = await store.view(sessionId, { jobId });
    let alive = before?.state.at === 'running' && (await store.isAlive(before.state.run));
    if (before?.state.at === 'running' && !alive) {
      // After an outage of Redis every lease is over: who lives says so again within a moment.
      await new Promise((resolve) => setTimeout(resolve, lookMs * 2));
      alive = await store.isAlive(before.state.run);
    }
    const seen = before?.state.at === 'running' ? before.state.run : undefined;
    const taken = await dispatch.change(sessionId, { jobId }, (view) => {
      // Somebody else took it since: that one has just begun.
      const other = view.job?.state.at === 'running' && view.job.state.run !== seen;
      const { repeatable } = runner;
      return take(
        view,
        { run, repeatable, alive: alive || other, leaseMs },
        { sessionId, at: now(), limits },
      );
    });
    if (taken.how === 'busy') return 'later';
    if (taken.how === 'over') return 'done';
    const args = await store.argumentsOf(sessionId, jobId);
    const { artifacts, timeoutMs, graceMs } = this.#options;
    return new LiveRun({
      sessionId,
      job: taken.job,
      run,
      arguments: args === undefined ? undefined : parsed(args),
      runner,
      dispatch,
      artifacts,
      limits,
      timeoutMs,
      graceMs,
      now,
      log: log.child({ sessionId, jobId, kind, attempt: taken.job.attempt }),
    });
  }

  async #live(payload: JobPayload, live: LiveRun): Promise<'done' | 'later'> {
    const { sessionId, jobId, number, kind } = payload;
    const { dispatch, log, measure } = this.#options;
    const began = performance.now();
    const undo = this.#watch(payload, live);
    log.info({ sessionId, jobId, number, kind }, 'job begins');
    try {
      const stop = await live.start();
      const back =
        stop === 'stopping' &&
        (await dispatch.change(sessionId, { jobId }, (view) => this.#handBack(payload, view, live)));
      const ms = performance.now() - began;
      measure(kind, back ? 'put-back' : stop === 'lost' ? 'lost' : 'ended', ms);
      log.info({ sessionId, jobId, number, kind, stop, ms: Math.round(ms) }, 'job leaves');
      return back ? 'later' : 'done';
    } finally {
      undo();
      this.#running.delete(jobId);
      await dispatch.store.release(live.run).catch(() => undefined);
    }
  }

  /** A job that can not be repeated ends with the process that runs it. */
  #handBack({ sessionId, kind }: JobPayload, view: View, live: LiveRun) {
    const { runners, now, limits } = this.#options;
    if (runners[kind].repeatable) return putBack(view, live.run);
    const ending = { outcome: 'failed', text: words.stopped } as const;
    return as(complete(view, live.run, ending, { sessionId, at: now(), limits }), false);
  }

  /** Looks at the record again and again, and at once when something was said; says meanwhile that the run is alive. */
  #watch({ sessionId, jobId }: JobPayload, live: LiveRun): () => void {
    const { dispatch, lookMs, leaseMs, log } = this.#options;
    const { store } = dispatch;
    let looking = false;
    let again = false;
    const look = async () => {
      if (looking) {
        again = true;
        return;
      }
      looking = true;
      try {
        do {
          again = false;
          const { job } = await store.view(sessionId, { jobId });
          const approvals = await Promise.all(
            live.waitsFor.map(
              async (approvalId) => (await store.view(sessionId, { approvalId })).approvals[0],
            ),
          );
          live.look(
            job,
            approvals.flatMap((each) => each ?? []),
          );
          if (live.stopped !== 'lost') await store.keepAlive(live.run, leaseMs);
        } while (again);
      } catch (error) {
        log.warn({ err: error, jobId }, 'job not looked at');
      } finally {
        looking = false;
      }
    };
    const timer = setInterval(() => void look(), lookMs);
    this.#lookingAt.set(jobId, () => void look());
    return () => {
      clearInterval(timer);
      this.#lookingAt.delete(jobId);
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
