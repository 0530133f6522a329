import { AppError, toErrorBody } from '@parley/contract';
import type { ActReply, ApprovalId, CallReply, DeskRequest, SessionId } from '@parley/contract';
import { cancel, decideApproval, steer, theJob } from './acting.ts';
import { Calls, type CallsOptions } from './Calls.ts';
import type { Context } from './ending.ts';
import { as, type View } from './ports.ts';
import { NOBODY } from './records.ts';

type Act = Extract<DeskRequest, { type: 'act' }>;

/** Takes what mixers and hubs want, and answers each request once. */
export class Desk {
  readonly #options: CallsOptions;
  readonly #calls: Calls;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#calls = new Calls(options);
  }

  /** `id` names the request: a repeat of it is answered alike. */
  async handle(request: DeskRequest, id: string): Promise<CallReply | ActReply | null> {
    switch (request.type) {
      case 'call':
        return { output: await this.#calls.answer(request) };
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

  async expire(sessionId: SessionId, approvalId: ApprovalId) {
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

  async #act({ sessionId, by: { role, ...by }, act }: Act, id: string): Promise<unknown> {
    const { dispatch } = this.#options;
    const context = this.#context(sessionId);
    if (act.command === 'approval:decide') {
      const { approvalId, approve } = act;
      return dispatch.change(sessionId, { approvalId }, (view) => {
        const approval = view.approvals.find((each) => each.approvalId === approvalId);
        if (approval && !approval.roles.includes(role))
          throw new AppError('forbidden', `Only ${approval.roles.join(' or ')} may answer this.`);
        const decided = decideApproval(view, approvalId, { approve, by }, context);
        return as(decided, { decision: decided.result });
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
        const decided = cancel(checked(view), by, context);
        return as(decided, { state: decided.result });
      });
    return dispatch.change(sessionId, { jobId }, (view) =>
      as(steer(checked(view), { id, text: act.instruction }, by, context), {}),
    );
  }

  #context(sessionId: SessionId): Context {
    const { limits, now } = this.#options;
    return { sessionId, at: now(), limits };
  }
}
