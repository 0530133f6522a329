import {
  DEFAULT_TOOL_POLICIES,
  newParticipantId,
  newSessionId,
  type ApprovalId,
  type Asker,
  type CallCause,
  type CallReply,
  type DeskRequest,
  type EventData,
  type EventType,
  type JobId,
  type JobPayload,
  type Role,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { Desk } from '../desk/Desk.ts';
import { Dispatch } from '../desk/Dispatch.ts';
import type { JobQueues, JobStore, Limits } from '../desk/ports.ts';
import { MemoryJobStore } from './MemoryJobStore.ts';

export const LIMITS: Limits = { jobsPerSession: 3, jobsPerMinute: 10, approvalMs: 60_000 };

export const someone = (name: string, role: Role, share = 1): Asker => ({
  participantId: newParticipantId(),
  name,
  role,
  share,
});
export const typedBy = (...askers: Asker[]): CallCause => ({
  askers,
  overlap: 0,
  by: 'text',
  words: 'do it',
});

/** Entries as they would lie in the queues. */
export class FakeQueues implements JobQueues {
  readonly entries = new Map<JobId, JobPayload>();
  readonly expiring: ApprovalId[] = [];
  add = (payload: JobPayload) => Promise.resolve(void this.entries.set(payload.jobId, payload));
  remove = (_kind: string, jobId: JobId) => Promise.resolve(void this.entries.delete(jobId));
  find = async (_kind: string, jobId: JobId) => (this.entries.has(jobId) ? 'there' : 'missing');
  expireAt = (_session: string, approvalId: ApprovalId) =>
    Promise.resolve(void this.expiring.push(approvalId));
}

/** A desk with one session, a clock to turn, and calls as a model makes them. */
export function deskWorld<Store extends JobStore = MemoryJobStore>(given?: Store, limits = LIMITS) {
  const memory = new MemoryJobStore();
  const store = given ?? memory;
  const clock = { at: 1_000_000 };
  const now = () => clock.at;
  const queues = new FakeQueues();
  const dispatch = new Dispatch(store, queues);
  const desk = new Desk({ dispatch, limits, now, log: silentLog });
  const sessionId = newSessionId();
  const owner = someone('Anna', 'owner');
  let calls = 0;
  const request = (name: string, args: unknown, cause = typedBy(owner), callId?: string): DeskRequest => ({
    type: 'call',
    sessionId,
    callId: callId ?? `call ${(calls += 1)}`,
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args),
    cause,
    policies: DEFAULT_TOOL_POLICIES,
    at: clock.at,
  });
  return {
    memory,
    store,
    clock,
    now,
    queues,
    dispatch,
    desk,
    limits,
    sessionId,
    owner,
    /** The output, read. */
    call: async (name: string, args: unknown, cause?: CallCause, callId?: string) => {
      const reply = (await desk.handle(request(name, args, cause, callId), 'entry')) as CallReply;
      return JSON.parse(reply.output) as Record<string, unknown>;
    },
    act: (
      act: Extract<DeskRequest, { type: 'act' }>['act'],
      { participantId, name, role }: Asker = owner,
      id = `act ${(calls += 1)}`,
    ) => desk.handle({ type: 'act', sessionId, by: { participantId, name, role }, act }, id),
    facts: <Type extends EventType>(type: Type) =>
      memory.facts.flatMap((fact) => (fact.type === type ? [fact.data as EventData<Type>] : [])),
  };
}
