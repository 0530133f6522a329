import {
  MAX_RESULT,
  MAX_RESULT_EXCERPT,
  newApprovalId,
  TOOLS,
  type ApprovalId,
  type JobKind,
  type SessionId,
  type ToolArguments,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Dispatch } from '../desk/Dispatch.ts';
import type { Context, Ending } from '../desk/ending.ts';
import { cut } from '../desk/events.ts';
import type { Decided, Limits, View } from '../desk/ports.ts';
import { NOBODY, type ApprovalRecord, type JobRecord } from '../desk/records.ts';
import { askStep, complete, progress, retry } from '../desk/running.ts';
import * as words from '../desk/words.ts';
import { JobFailure, type Approval, type JobResult, type JobRun, type Runner } from '../jobs/Runner.ts';
import { Instructions } from './Instructions.ts';
import type { Artifacts } from './ports.ts';
import { Steps } from './Steps.ts';

export interface LiveRunOptions {
  sessionId: SessionId;
  /** As it was taken. */
  job: JobRecord;
  run: string;
  arguments: unknown;
  runner: Runner;
  dispatch: Dispatch;
  artifacts: Artifacts;
  limits: Limits;
  timeoutMs: number;
  /** A runner that was told to stop has so long to do it. */
  graceMs: number;
  now: () => number;
  log: Log;
}

/** Why a run stops before its job is done. */
type Stop = 'cancelled' | 'timeout' | 'lost' | 'stopping';

interface Waiting {
  resolve: (approval: Approval) => void;
  reject: (error: Error) => void;
}

const MAX_PATCH = 5_000_000;
const MAX_ZIP = 30_000_000;

/** One run of a job by this process, over all its attempts, until its end is told or somebody else has the job. */
export class LiveRun {
  readonly #options: LiveRunOptions;
  readonly #abort = new AbortController();
  readonly #instructions = new Instructions();
  readonly #approvals = new Map<ApprovalId, Waiting>();
  #job: JobRecord;
  #steps: Steps;
  #stop: Stop | undefined;

  constructor(options: LiveRunOptions) {
    this.#options = options;
    this.#job = options.job;
    this.#steps = this.#stepsOf(options.job);
    this.look(options.job, []);
  }

  get run(): string {
    return this.#options.run;
  }

  get stopped(): Stop | undefined {
    return this.#stop;
  }

  /** Runs the job. Resolves with how it stopped: undefined when its end has been told. Never rejects. */
  async start(): Promise<Stop | undefined> {
    const { timeoutMs, log } = this.#options;
    const timer = setTimeout(() => this.stop('timeout'), timeoutMs);
    try {
      const ending = await this.#attempts();
      if (this.#stop === 'lost' || this.#stop === 'stopping') return this.#stop;
      return (await this.#end(ending)) ? undefined : 'lost';
    } catch (error) {
      log.error({ err: error }, 'job not ended');
      return this.#stop ?? 'lost';
    } finally {
      clearTimeout(timer);
      this.#instructions.close();
    }
  }

  /** Ends it before its time. The first reason counts. */
  stop(why: Stop): void {
    if (this.#stop) return;
    this.#stop = why;
    const error = new Error(`The job is stopped: ${why}`);
    for (const { reject } of this.#approvals.values()) reject(error);
    this.#approvals.clear();
    this.#abort.abort(error);
  }

  /** What the job's record says now. */
  look(job: JobRecord | undefined, approvals: readonly ApprovalRecord[]): void {
    if (job?.state.at !== 'running' || job.state.run !== this.run) {
      this.stop('lost');
      return;
    }
    for (const { text } of job.instructions.slice(this.#instructions.length)) this.#instructions.push(text);
    for (const approval of approvals) this.#decided(approval);
    if (job.cancelling) {
      this.#job = job;
      this.stop('cancelled');
    }
  }

  /** Approvals that this run waits for. */
  get waitsFor(): ApprovalId[] {
    return [...this.#approvals.keys()];
  }

  async #attempts(): Promise<Ending> {
    for (;;) {
      const outcome = await this.#attempt();
      if ('outcome' in outcome) return outcome;
      const again = await this.#change((view, context) => retry(view, this.run, context));
      if (!again || this.#stop) return outcome.otherwise;
      this.#job = again;
      this.#steps = this.#stepsOf(again);
    }
  }

  async #attempt(): Promise<Ending | { otherwise: Ending }> {
    const { runner, graceMs, log } = this.#options;
    const parsed = TOOLS[runner.kind].arguments.safeParse(this.#options.arguments);
    if (!parsed.success) return { outcome: 'failed', text: 'Its arguments can not be read any more.' };
    const { promise: late, reject } = Promise.withResolvers<never>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#abort.signal.addEventListener('abort', () => {
      timer = setTimeout(() => reject(new Error('The runner did not stop in time')), graceMs);
    });
    try {
      const running = runner.run(this.#asSeen(parsed.data));
      const result = await Promise.race([running, late]);
      return this.#stop ? this.#stopped() : await this.#brought(result);
    } catch (error) {
      if (this.#stop) {
        if (error instanceof JobFailure && error.costUsd !== null) this.#steps.spent(error.costUsd);
        return this.#stopped();
      }
      return this.#failed(error, runner.repeatable, log);
    } finally {
      clearTimeout(timer);
      await this.#steps.flush();
    }
  }

  #asSeen(args: ToolArguments<JobKind>): JobRun {
    const { sessionId, log } = this.#options;
    const { jobId, number, attempt } = this.#job;
    const steps = this.#steps;
    return {
      sessionId,
      jobId,
      number,
      attempt,
      arguments: args,
      signal: this.#abort.signal,
      log,
      progress: (step) => {
        if (!this.#stop) steps.add(step);
      },
      spent: (costUsd) => steps.spent(costUsd),
      instructions: this.#instructions,
      approve: (request) => this.#approve(request),
    };
  }

  async #approve({ what, detail, why }: { what: string; detail?: string; why: string }): Promise<Approval> {
    const { sessionId, dispatch } = this.#options;
    this.#abort.signal.throwIfAborted();
    const approvalId = newApprovalId();
    const { promise, resolve, reject } = Promise.withResolvers<Approval>();
    this.#approvals.set(approvalId, { resolve, reject });
    promise.catch(() => undefined); // it may be stopped before it is waited for
    const request = { approvalId, what, detail: detail ?? null, why };
    const until = await this.#change((view, context) => askStep(view, this.run, request, context));
    if (until === undefined) this.stop('lost');
    else await dispatch.queues.expireAt(sessionId, approvalId, until);
    return promise;
  }

  #decided({ approvalId, decided }: ApprovalRecord): void {
    if (!decided) return;
    const approved = decided.decision === 'approved';
    const { name } = decided.by;
    const reason =
      name === null
        ? decided.decision === 'expired'
          ? 'Nobody answered in time, which means no.'
          : `It was ${decided.decision}.`
        : `${name} said ${approved ? 'yes' : 'no'}.`;
    this.#approvals.get(approvalId)?.resolve({ approvalId, approved, reason });
    this.#approvals.delete(approvalId);
  }

  async #brought({ text, costUsd, files = [], patch, zip }: JobResult): Promise<Ending> {
    const { artifacts } = this.#options;
    const { jobId } = this.#job;
    const kept: NonNullable<Ending['artifacts']> = [];
    const keep = async (
      name: 'result' | 'patch' | 'zip',
      content: string | Buffer | undefined,
      max: number,
    ) => {
      if (content === undefined || content.length === 0 || content.length > max) return;
      await artifacts.keep(jobId, name, content);
      kept.push(name);
    };
    await keep('result', cut(text, MAX_RESULT), MAX_RESULT);
    await keep('patch', patch, MAX_PATCH);
    await keep('zip', zip, MAX_ZIP);
    if (costUsd !== null) this.#steps.spent(costUsd);
    return {
      outcome: 'completed',
      text: text.trim() === '' ? 'It is done.' : text,
      files,
      artifacts: kept,
      truncated: text.length > MAX_RESULT_EXCERPT,
    };
  }

  #failed(error: unknown, repeatable: boolean, log: Log): Ending | { otherwise: Ending } {
    if (!(error instanceof JobFailure)) {
      log.error({ err: error }, 'runner failed');
      return {
        outcome: 'failed',
        text: 'It failed by a fault of the server. The log of the tools says more.',
      };
    }
    if (error.costUsd !== null) this.#steps.spent(error.costUsd);
    const ending: Ending = { outcome: 'failed', text: error.message };
    return error.retryable && repeatable ? { otherwise: ending } : ending;
  }

  #stopped(): Ending {
    if (this.#stop === 'timeout') {
      return { outcome: 'failed', text: words.tooLong(this.#options.timeoutMs) };
    }
    return { outcome: 'cancelled', text: words.cancelledBy(this.#job.cancelling ?? NOBODY) };
  }

  /** False when somebody else has the job by now. */
  #end(ending: Ending): Promise<boolean> {
    const whole = { ...ending, costUsd: this.#steps.costUsd ?? this.#job.costUsd };
    return this.#change((view, context) => complete(view, this.run, whole, context));
  }

  #stepsOf({ attempt, steps }: JobRecord): Steps {
    return new Steps({
      told: steps,
      tell: async (told) => {
        const still = await this.#change((view, context) =>
          progress(view, this.run, { ...told, attempt }, context),
        ).catch((error: unknown) => {
          this.#options.log.warn({ err: error }, 'progress not told');
          return true;
        });
        if (!still) this.stop('lost');
      },
    });
  }

  #change<Result>(decide: (view: View, context: Context) => Decided<Result>): Promise<Result> {
    const { dispatch, sessionId, limits, now } = this.#options;
    const { jobId } = this.#job;
    return dispatch.change(sessionId, { jobId }, (view) => decide(view, { sessionId, at: now(), limits }));
  }
}
