import type { JobId, SessionId } from '@parley/contract';
import { payloadOf } from './opening.ts';
import { admittedSince } from './places.ts';
import type { About, Decided, JobQueues, JobStore, View } from './ports.ts';

/** Changes of jobs, with what must follow in the queues: jobs that may begin are put there. */
export class Dispatch {
  readonly store: JobStore;
  readonly queues: JobQueues;

  constructor(store: JobStore, queues: JobQueues) {
    this.store = store;
    this.queues = queues;
  }

  /** A change that is lost on its way to the queues is made up for by whoever looks after the jobs (T12). */
  async change<Result>(
    sessionId: SessionId,
    about: About,
    decide: (view: View) => Decided<Result>,
  ): Promise<Result> {
    let admitted: JobId[] = [];
    const result = await this.store.transact(sessionId, about, (view) => {
      const decided = decide(view);
      admitted = admittedSince(view.desk, decided.change?.desk);
      return decided;
    });
    for (const jobId of admitted) await this.enqueue(sessionId, jobId);
    return result;
  }

  async enqueue(sessionId: SessionId, jobId: JobId): Promise<void> {
    const { job } = await this.store.view(sessionId, { jobId });
    if (job && job.state.at !== 'over') await this.queues.add(payloadOf(sessionId, job));
  }
}
