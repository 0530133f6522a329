import { setTimeout as delay } from 'node:timers/promises';
import { JobId, keys, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import { SEEN_SECONDS } from '@parley/kit/sequencedLog';
import type { z } from 'zod';
import type { About, Change, Decided, JobStore, View } from '../desk/ports.ts';
import { ApprovalRecord, EMPTY_DESK, JobRecord, SessionDesk } from '../desk/records.ts';
import { commitScript, Step } from './commit.ts';

/** What is left of a session's jobs goes a day after its end. */
const KEPT_SECONDS = 86_400;
/** Pause before a counter that was asked for is looked for again. */
const COUNTER_MS = 100;
/** Others change the same job at the same time: so often it is tried anew. */
const ATTEMPTS = 200;

/** A view with the very texts it was read from: they are what a change is checked against. */
interface Read {
  view: View;
  jobId: JobId | undefined;
  texts: { desk: string | undefined; job: string | undefined; approvals: Map<string, string> };
}

/** Jobs in Redis. Each change is one script, made only when what it was decided by is still so. */
export class RedisJobStore implements JobStore {
  readonly #redis: Redis;
  readonly #log: Log;

  constructor(redis: Redis, log: Log) {
    this.#redis = redis;
    this.#log = log;
  }

  async transact<Result>(
    id: SessionId,
    about: About,
    decide: (view: View) => Decided<Result>,
  ): Promise<Result> {
    let lacking = 0;
    for (let attempt = 1; ; attempt += 1) {
      const read = await this.#read(id, about);
      const { change, result } = decide(read.view);
      const step = change && toStep(id, read, change);
      if (!step || step.isEmpty) return result;
      const outcome = await commitScript.run(
        this.#redis,
        step.keys,
        step.args(keys.eventChannel, SEEN_SECONDS),
      );
      if (outcome === 'done') return result;
      if (outcome === 'no-counter') {
        lacking += 1;
        if (lacking % 50 === 1) this.#log.warn({ sessionId: id, lacking }, 'no counter for facts, waiting');
        attempt -= 1;
        await this.#redis.publish(keys.seqWanted, id);
        await delay(COUNTER_MS);
      } else if (attempt >= ATTEMPTS) throw new Error(`The jobs of ${id} change too often`);
    }
  }

  async view(id: SessionId, about: About): Promise<View> {
    return (await this.#read(id, about)).view;
  }

  async argumentsOf(id: SessionId, jobId: JobId): Promise<string | undefined> {
    return (await this.#redis.hget(keys.jobArguments(id), jobId)) ?? undefined;
  }

  async open() {
    const members = await this.#redis.zrangebyscore(keys.openJobs, '-inf', '+inf');
    return members.map((member) => {
      const [session, job] = member.split(' ');
      return { sessionId: SessionId.parse(session), jobId: JobId.parse(job) };
    });
  }

  async isLive(id: SessionId): Promise<boolean> {
    return (await this.#redis.exists(keys.session(id))) === 1;
  }

  async isAlive(run: string): Promise<boolean> {
    return (await this.#redis.exists(keys.jobLease(run))) === 1;
  }

  async keepAlive(run: string, ms: number): Promise<void> {
    await this.#redis.set(keys.jobLease(run), '1', 'PX', ms);
  }

  async release(run: string): Promise<void> {
    await this.#redis.del(keys.jobLease(run));
  }

  async #read(id: SessionId, about: About): Promise<Read> {
    const jobs = keys.jobs(id);
    const approvals = new Map<string, string>();
    const readApproval = async (approvalId: string) => {
      const text = await this.#redis.hget(keys.approvals(id), approvalId);
      if (text === null) return undefined;
      approvals.set(approvalId, text);
      return parse(ApprovalRecord, text);
    };
    const asked = about.approvalId && (await readApproval(about.approvalId));
    const numbered =
      about.number === undefined ? undefined : await this.#redis.hget(jobs, `#${about.number}`);
    const jobId = about.jobId ?? asked?.jobId ?? (numbered ? JobId.parse(numbered) : undefined);
    const [deskText, jobText] = await this.#redis.hmget(jobs, 'desk', jobId ?? '');
    const answered = about.callId && (await this.#redis.hget(keys.calls(id), about.callId));
    const job = jobText ? parse(JobRecord, jobText) : undefined;
    const further = (job?.asks ?? []).filter((each) => each !== about.approvalId);
    const others = await Promise.all(further.map(readApproval));
    return {
      view: {
        desk: deskText ? parse(SessionDesk, deskText) : EMPTY_DESK,
        answered: answered ?? undefined,
        job,
        approvals: [asked, ...others].flatMap((each) => (each ? [each] : [])),
      },
      jobId,
      texts: { desk: deskText ?? undefined, job: jobText ?? undefined, approvals },
    };
  }
}

const parse = <Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> =>
  schema.parse(JSON.parse(text));

function toStep(id: SessionId, { texts, jobId, view }: Read, change: Change): Step {
  const [jobs, approvals] = [keys.jobs(id), keys.approvals(id)];
  const step = new Step(keys.events, keys.seq(id));
  const { desk, job, answer, notice } = change;
  // A decision may rest on the job as it was, whether or not the job changes.
  if (jobId) step.check(jobs, jobId, texts.job);
  if (desk) {
    step.check(jobs, 'desk', texts.desk);
    step.run('HSET', jobs, 'desk', JSON.stringify(desk));
  }
  if (job) putJob(step, id, job, texts.job === undefined);
  for (const approval of change.approvals ?? []) {
    step.check(approvals, approval.approvalId, texts.approvals.get(approval.approvalId));
    step.run('HSET', approvals, approval.approvalId, JSON.stringify(approval));
  }
  if (job && change.arguments !== undefined)
    step.run('HSET', keys.jobArguments(id), job.jobId, change.arguments);
  if (answer) {
    step.check(keys.calls(id), answer.callId, undefined);
    step.run('HSET', keys.calls(id), answer.callId, answer.output);
  }
  if (notice) {
    step.run('HSET', keys.notices(id), notice.id, JSON.stringify(notice));
    step.publish(keys.noticeChannel, id);
  }
  if (change.lease) step.run('SET', keys.jobLease(change.lease.run), '1', 'PX', change.lease.ms);
  if (change.control) step.publish(keys.jobControl, JSON.stringify(change.control));
  for (const fact of change.facts ?? []) step.tell(keys.eventSeen(id, fact.id), JSON.stringify(fact));
  if ((desk ?? view.desk).ended)
    for (const key of [jobs, approvals, keys.jobArguments(id), keys.calls(id), keys.notices(id)])
      step.run('EXPIRE', key, KEPT_SECONDS);
  return step;
}

function putJob(step: Step, id: SessionId, job: JobRecord, isNew: boolean): void {
  const jobs = keys.jobs(id);
  step.run('HSET', jobs, job.jobId, JSON.stringify(job));
  const member = `${id} ${job.jobId}`;
  if (isNew) {
    step.check(jobs, job.jobId, undefined);
    step.run('HSET', jobs, `#${job.number}`, job.jobId);
    step.run('ZADD', keys.openJobs, job.createdAt, member);
  }
  if (job.state.at === 'over') {
    step.run('ZREM', keys.openJobs, member);
    step.run('HDEL', keys.jobArguments(id), job.jobId);
  }
}
