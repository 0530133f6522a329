import { setTimeout as delay } from 'node:timers/promises';
import {
  newJobId,
  type ApprovalId,
  type JobKind,
  type JobStep,
  type SessionId,
  type ToolArguments,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import type { Approval, JobRun } from '../Runner.ts';

type Step = Partial<JobStep> & Pick<JobStep, 'kind' | 'text'>;
type Asked = { what: string; detail?: string; why: string };

/** A job's run that remembers what its runner did, and can be steered, answered and cancelled by hand. */
export class TestRun<Kind extends JobKind> implements JobRun<Kind> {
  readonly sessionId = 'k7fm-2xqd' as SessionId;
  readonly jobId = newJobId();
  readonly number = 1;
  readonly attempt = 1;
  readonly log = silentLog;
  readonly arguments: ToolArguments<Kind>;
  readonly steps: Step[] = [];
  readonly asked: Asked[] = [];
  costUsd = 0;
  /** Answers approvals; no unless told. */
  answer: (request: Asked) => boolean | Promise<boolean> = () => false;
  readonly #cancelled = new AbortController();
  readonly #instructions: string[] = [];
  #wake = () => {};

  constructor(args: ToolArguments<Kind>) {
    this.arguments = args;
  }

  get signal(): AbortSignal {
    return this.#cancelled.signal;
  }

  cancel(): void {
    this.#cancelled.abort(new Error('cancelled by the test'));
    this.#wake();
  }

  steer(instruction: string): void {
    this.#instructions.push(instruction);
    this.#wake();
  }

  progress(step: Step): void {
    this.steps.push(step);
    for (const waiting of this.#waiting) waiting();
  }

  spent(costUsd: number): void {
    this.costUsd = costUsd;
  }

  get instructions(): AsyncIterable<string> {
    return this.#read();
  }

  async approve(request: Asked): Promise<Approval> {
    this.asked.push(request);
    const answered = Promise.resolve(this.answer(request));
    const aborted = new Promise<never>((_resolve, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason as Error), { once: true });
    });
    const approved = await Promise.race([answered, aborted]);
    return {
      approvalId: 'a_test' as ApprovalId,
      approved,
      reason: approved ? 'Anna said yes' : 'Anna said no',
    };
  }

  /** The first step that fits, now or later. Rejects after `withinMs`. */
  async step(fits: (step: Step) => boolean, withinMs = 20_000): Promise<Step> {
    const late = AbortSignal.timeout(withinMs);
    for (;;) {
      const found = this.steps.find(fits);
      if (found) return found;
      if (late.aborted)
        throw new Error(`No such step came. There were: ${JSON.stringify(this.steps).slice(0, 2_000)}`);
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#waiting.add(resolve);
        }),
        delay(withinMs, undefined, { signal: late }).catch(() => undefined),
      ]);
    }
  }

  readonly #waiting = new Set<() => void>();

  async *#read(): AsyncGenerator<string> {
    while (!this.signal.aborted) {
      const next = this.#instructions.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
