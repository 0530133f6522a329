import {
  AppError,
  newApprovalId,
  newJobId,
  toErrorBody,
  type ActReply,
  type CallReply,
  type DeskRequest,
  type SessionId,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { cancel, decideApproval, stateOf, steer, theJob } from './acting.ts';
import { decide, decideAbout, type Judgement } from './authority.ts';
import type { Dispatch } from './Dispatch.ts';
import type { Context } from './ending.ts';
import { cut, fact } from './events.ts';
import { readCall } from './calls.ts';
import { openJob, refusal } from './opening.ts';
import type { Change, Decided, Limits, View } from './ports.ts';
import { NOBODY, type Actor, type JobRecord } from './records.ts';
import * as words from './words.ts';

type Call = Extract<DeskRequest, { type: 'call' }>;
type Act = Extract<DeskRequest, { type: 'act' }>;

export interface DeskOptions {
  dispatch: Dispatch;
  limits: Limits;
  now: () => number;
  log: Log;
}

/** Takes what mixers and hubs want, decides by whose rights it is wanted, and answers each request once. */
export class Desk {
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** `id` names the request: a repeat of it is answered alike. */
  async handle(request: DeskRequest, id: string): Promise<CallReply | ActReply | null> {
    switch (request.type) {
      case 'call':
        return { output: await this.#call(request) };
      case 'act':
        return this.#act(request, id).then(
          (data): ActReply => ({ ok: true, data }),
          (error: unknown): ActReply => {
            const body = toErrorBody(error);
            if (body.code === 'internal') this.#options.log.error({ err: error }, 'act failed');
            return { ok: false, error: body };
          },
        );
      case 'expire': {
        const { sessionId, approvalId } = request;
        await this.expire(sessionId, approvalId);
        return null;
      }
      case 'session-ended':
        await this.endSession(request.sessionId);
        return null;
      default:
        return request satisfies never;
    }
  }

  async expire(sessionId: SessionId, approvalId: Extract<DeskRequest, { type: 'expire' }>['approvalId']) {
    await this.#options.dispatch.change(sessionId, { approvalId }, (view) =>
      view.job
        ? decideApproval(view, approvalId, 'time', this.#context(sessionId))
        : { result: 'withdrawn' as const },
    );
  }

  /** Nobody is there any more who could want a result. */
  async endSession(sessionId: SessionId): Promise<void> {
    const { dispatch, log } = this.#options;
    const { store } = dispatch;
    await store.transact(sessionId, {}, ({ desk }) =>
      desk.ended ? { result: undefined } : { change: { desk: { ...desk, ended: true } }, result: undefined },
    );
    const open = (await store.open()).filter((each) => each.sessionId === sessionId);
    for (const { jobId } of open)
      await dispatch.change(sessionId, { jobId }, (view) =>
        view.job ? cancel(view, NOBODY, this.#context(sessionId)) : { result: undefined },
      );
    if (open.length > 0) log.info({ sessionId, jobs: open.length }, 'jobs of an ended session stopped');
  }

  async #call(call: Call): Promise<string> {
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
        return this.#answer(call, { decision: 'allowed', reason: 'Everybody may ask how jobs are' }, () => ({
          result: words.status(jobs, stateOf, this.#options.now()),
          job: number === undefined ? undefined : jobs[0],
        }));
      }
      case 'job_cancel':
        return this.#about(call, read.arguments.job, (view, by) => {
          const { change, result } = cancel(view, by, this.#context(sessionId));
          return { ...(change ? { change } : {}), result: words.cancelled(theJob(view), result) };
        });
      case 'job_steer':
        return this.#about(call, read.arguments.job, (view, by) => {
          const told = { id: callId, text: read.arguments.instruction };
          const { change, result } = steer(view, told, by, this.#context(sessionId));
          return { ...(change ? { change } : {}), result: words.steered(result) };
        });
      default:
        return read satisfies never;
    }
  }

  async #open(call: Call, kind: 'nested_team' | 'code', args: { task: string }): Promise<string> {
    const { dispatch, limits, now, log } = this.#options;
    const { sessionId, callId, cause, policies } = call;
    const judgement = decide(cause, policies[kind]);
    if (judgement.decision === 'refused') return this.#refuse(call, judgement.reason);
    const ids = { jobId: newJobId(), approvalId: newApprovalId() };
    const wish = { sessionId, callId, kind, task: args.task, arguments: args, cause, policies, judgement };
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
      return await this.#answer(call, judgement, (view) => ({ ...act(view, NOBODY), job: view.job }), number);
    } catch (error) {
      if (error instanceof AppError) return this.#refuse(call, error.message.replace(/\.$/, ''));
      throw error;
    }
  }

  #refuse(call: Call, why: string): Promise<string> {
    return this.#answer(call, { decision: 'refused', reason: why }, () => ({ result: words.refused(why) }));
  }

  /** Keeps the answer with its decision, so that a repeated call gets the same and does nothing more. */
  #answer(
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

  async #act({ sessionId, by: { role, ...by }, act }: Act, id: string): Promise<unknown> {
    const { dispatch } = this.#options;
    const context = this.#context(sessionId);
    if (act.command === 'approval:decide') {
      const { approvalId, approve } = act;
      return dispatch.change(sessionId, { approvalId }, (view) => {
        const approval = view.approvals.find((each) => each.approvalId === approvalId);
        if (approval && !approval.roles.includes(role))
          throw new AppError('forbidden', `Only ${approval.roles.join(' or ')} may answer this.`);
        const { change, result } = decideApproval(view, approvalId, { approve, by }, context);
        return { ...(change ? { change } : {}), result: { decision: result } };
      });
    }
    const checked = (view: View) => {
      const { policy, cause } = theJob(view);
      const own = cause.askers.some(({ participantId }) => participantId === by.participantId);
      if (!own && !policy.approve.includes(role))
        throw new AppError('forbidden', 'Only who asked for a job, or may allow such jobs, can do that.');
      return view;
    };
    const { jobId } = act;
    if (act.command === 'job:cancel')
      return dispatch.change(sessionId, { jobId }, (view) => {
        const { change, result } = cancel(checked(view), by, context);
        return { ...(change ? { change } : {}), result: { state: result } };
      });
    return dispatch.change(sessionId, { jobId }, (view) => {
      const { change } = steer(checked(view), { id, text: act.instruction }, by, context);
      return { ...(change ? { change } : {}), result: {} };
    });
  }

  #context(sessionId: SessionId): Context {
    const { limits, now } = this.#options;
    return { sessionId, at: now(), limits };
  }
}

type Opened = { output: string; asks?: number | undefined } | { why: string };
