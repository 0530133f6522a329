import type { JobControl, JobId, NewEvent, Notice, SessionId } from '@parley/contract';
import type { About, Change, Decided, JobStore, View } from '../desk/ports.ts';
import { EMPTY_DESK, type ApprovalRecord, type JobRecord, type SessionDesk } from '../desk/records.ts';

interface Session {
  desk: SessionDesk;
  jobs: Map<string, JobRecord>;
  approvals: Map<string, ApprovalRecord>;
  answers: Map<string, string>;
  arguments: Map<string, string>;
}

/** Jobs in this process: a change is whole because nobody else runs meanwhile. Leases end when a test says so. */
export class MemoryJobStore implements JobStore {
  readonly facts: NewEvent[] = [];
  readonly notices: Notice[] = [];
  readonly alive = new Set<string>();
  readonly gone = new Set<SessionId>();
  /** Told of each control, as the channel would. */
  onControl: (control: JobControl) => void = () => undefined;
  readonly #sessions = new Map<SessionId, Session>();

  transact<Result>(id: SessionId, about: About, decide: (view: View) => Decided<Result>): Promise<Result> {
    const run = (): Result => {
      const { change, result } = decide(this.#view(id, about));
      if (change) this.#commit(id, structuredClone(change));
      return result;
    };
    return Promise.resolve().then(run);
  }

  view(id: SessionId, about: About): Promise<View> {
    return Promise.resolve(this.#view(id, about));
  }

  argumentsOf(id: SessionId, jobId: JobId): Promise<string | undefined> {
    return Promise.resolve(this.#session(id).arguments.get(jobId));
  }

  open() {
    const all = [...this.#sessions].flatMap(([sessionId, { jobs }]) =>
      [...jobs.values()].map((job) => ({ sessionId, job })),
    );
    const open = all.filter(({ job }) => job.state.at !== 'over');
    return Promise.resolve(open.map(({ sessionId, job: { jobId } }) => ({ sessionId, jobId })));
  }

  isLive = (id: SessionId) => Promise.resolve(!this.gone.has(id));
  isAlive = (run: string) => Promise.resolve(this.alive.has(run));
  keepAlive = (run: string) => Promise.resolve(void this.alive.add(run));
  release = (run: string) => Promise.resolve(void this.alive.delete(run));

  #view(id: SessionId, { callId, number, approvalId, ...about }: About): View {
    const { desk, jobs, approvals, answers } = this.#session(id);
    const asked = approvals.get(approvalId ?? '');
    const numbered = [...jobs.values()].find((each) => each.number === number)?.jobId;
    const job = jobs.get(about.jobId ?? asked?.jobId ?? numbered ?? '');
    const further = (job?.asks ?? []).filter((each) => each !== approvalId);
    const all = [asked, ...further.map((each) => approvals.get(each))];
    const answered = answers.get(callId ?? '');
    return structuredClone({ desk, answered, job, approvals: all.flatMap((each) => each ?? []) });
  }

  #commit(id: SessionId, change: Change): void {
    const session = this.#session(id);
    const { desk, job, approvals = [], answer, facts = [], notice, control, lease } = change;
    session.desk = desk ?? session.desk;
    if (job) session.jobs.set(job.jobId, job);
    for (const approval of approvals) session.approvals.set(approval.approvalId, approval);
    if (job && change.arguments !== undefined) session.arguments.set(job.jobId, change.arguments);
    if (job?.state.at === 'over') session.arguments.delete(job.jobId);
    if (answer) session.answers.set(answer.callId, answer.output);
    if (lease) this.alive.add(lease.run);
    this.facts.push(...facts);
    if (notice) this.notices.push(notice);
    if (control) this.onControl(control);
  }

  #session(id: SessionId): Session {
    const found = this.#sessions.get(id);
    if (found) return found;
    const maps = { jobs: new Map(), approvals: new Map(), answers: new Map(), arguments: new Map() };
    const made: Session = { desk: EMPTY_DESK, ...maps };
    this.#sessions.set(id, made);
    return made;
  }
}
