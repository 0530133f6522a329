import { AppError, newApprovalId, newJobId } from '@parley/contract';
import type { DeskRequest, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { cancel, stateOf, steer, theJob } from './acting.ts';
import { decide, decideAbout, type Judgement } from './authority.ts';
import type { Dispatch } from './Dispatch.ts';
import type { Context } from './ending.ts';
import { cut, fact } from './events.ts';
import { openJob, refusal } from './opening.ts';
import { as, type Change, type Decided, type Limits, type View } from './ports.ts';
import { readCall } from './readCall.ts';
import { NOBODY, type Actor, type JobRecord } from './records.ts';
import * as words from './words.ts';

type Call = Extract<DeskRequest, { type: 'call' }>;

export interface CallsOptions {
  dispatch: Dispatch;
  limits: Limits;
  now: () => number;
  log: Log;
}

/** What the model calls: each call is decided, has exactly one output, and a repeat gets the same (T2, T3). */
export class Calls {
  readonly #options: CallsOptions;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** The output for the model: JSON text. */
  async answer(call: Call): Promise<string> {
    const { sessionId, callId } = call;
    const read = readCall(call.name, call.arguments);
    if ('error' in read) return this.#refuse(call, read.error);
    switch (read.name) {
      case 'nested_team':
      case 'code':
        return this.#open(call, read.name, read.arguments);
      case 'job_status': {
        const { job: number } = read.arguments;
        const jobs = await this.#jobs(sessionId, number);
        if (!jobs) return this.#refuse(call, `There is no job ${number} in this session`);
        return this.#conclude(
          call,
          { decision: 'allowed', reason: 'Everybody may ask how jobs are' },
          () => ({
            result: words.status(jobs, stateOf, this.#options.now()),
            job: number === undefined ? undefined : jobs[0],
          }),
        );
      }
      case 'job_cancel':
        return this.#about(call, read.arguments.job, (view, by) => {
          const decided = cancel(view, by, this.#context(sessionId));
          return as(decided, words.cancelled(theJob(view), decided.result));
        });
      case 'job_steer':
        return this.#about(call, read.arguments.job, (view, by) => {
          const told = { id: callId, text: read.arguments.instruction };
          const decided = steer(view, told, by, this.#context(sessionId));
          return as(decided, words.steered(decided.result));
        });
      default:
        return read satisfies never;
    }
  }

  async #open(call: Call, kind: 'nested_team' | 'code', args: { task: string }): Promise<string> {
    const { dispatch, limits, now, log } = this.#options;
    const { sessionId, callId, cause, policies, traceparent } = call;
    const judgement = decide(cause, policies[kind]);
    if (judgement.decision === 'refused') return this.#refuse(call, judgement.reason);
    const ids = { jobId: newJobId(), approvalId: newApprovalId() };
    const { task } = args;
    const wish = { sessionId, callId, kind, task, arguments: args, cause, policies, judgement, traceparent };
    const done = await dispatch.change(sessionId, { callId }, (view): Decided<Opened> => {
      if (view.answered !== undefined) return { result: { output: view.answered } };
      const at = now();
      const why = refusal(view, limits, at);
      if (why !== undefined) return { result: { why } };
      const change = openJob(view, wish, ids, limits, at);
      return {
        change,
        result: { output: change.answer?.output ?? '', asks: change.approvals?.[0]?.expiresAt },
      };
    });
    if ('why' in done) return this.#refuse(call, done.why);
    if (done.asks !== undefined) await dispatch.queues.expireAt(sessionId, ids.approvalId, done.asks);
    log.info({ sessionId, jobId: ids.jobId, kind, decision: judgement.decision }, 'job made');
    return done.output;
  }

  /** About a job that is there: by whose words, and then `act`. */
  async #about(call: Call, number: number, act: (view: View, by: Actor) => Decided<string>): Promise<string> {
    const { job } = await this.#options.dispatch.store.view(call.sessionId, { number });
    if (!job) return this.#refuse(call, `There is no job ${number} in this session`);
    const judgement = decideAbout(call.cause, job);
    if (judgement.decision !== 'allowed')
      return this.#refuse(call, `${judgement.reason}. The job's card lets those who may do it`);
    try {
      return await this.#conclude(
        call,
        judgement,
        (view) => ({ ...act(view, NOBODY), job: view.job }),
        number,
      );
    } catch (error) {
      if (error instanceof AppError) return this.#refuse(call, error.message.replace(/\.$/, ''));
      throw error;
    }
  }

  #refuse(call: Call, why: string): Promise<string> {
    return this.#conclude(call, { decision: 'refused', reason: why }, () => ({ result: words.refused(why) }));
  }

  /** Keeps the answer with its decision, so that a repeated call gets the same and does nothing more. */
  #conclude(
    call: Call,
    judgement: Judgement,
    answer: (view: View) => Decided<string> & { job?: JobRecord | undefined },
    number?: number,
  ): Promise<string> {
    const { dispatch, now } = this.#options;
    const { sessionId, callId, name: tool, cause } = call;
    const about = { callId, ...(number === undefined ? {} : { number }) };
    return dispatch.change(sessionId, about, (view) => {
      if (view.answered !== undefined) return { result: view.answered };
      const { change = {}, result: output, job } = answer(view);
      const decided = fact('tool:decided', sessionId, now(), {
        callId,
        tool: cut(tool, 200),
        ...judgement,
        cause,
        job: job ? { jobId: job.jobId, number: job.number } : null,
      });
      const whole: Change = {
        ...change,
        answer: { callId, output },
        facts: [decided, ...(change.facts ?? [])],
      };
      return { change: whole, result: output };
    });
  }

  async #jobs(sessionId: SessionId, number: number | undefined): Promise<JobRecord[] | undefined> {
    const { store } = this.#options.dispatch;
    if (number !== undefined) {
      const { job } = await store.view(sessionId, { number });
      return job && [job];
    }
    const { desk } = await store.view(sessionId, {});
    const views = await Promise.all(desk.latest.map((jobId) => store.view(sessionId, { jobId })));
    return views.flatMap(({ job }) => job ?? []);
  }

  #context(sessionId: SessionId): Context {
    const { limits, now } = this.#options;
    return { sessionId, at: now(), limits };
  }
}

type Opened = { output: string; asks?: number | undefined } | { why: string };
