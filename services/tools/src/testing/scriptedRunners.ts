import { JobFailure, type JobResult, type JobRun, type Runner } from '../jobs/Runner.ts';

/**
 * Runners that do what the task says, word by word: `step`, `wait 200`, `cost 0.5`, `ask` (and stop when denied), `steer`
 * (waits for an instruction), `hear` (tells all instructions so far), `big 1000000` (a result of that length), `fail`,
 * `pass-later` (fails in the first attempt, may be repeated), `fault`, `deaf` (never ends, whatever is said).
 */
export function scriptedRunners(): { nested_team: Runner<'nested_team'>; code: Runner<'code'> } {
  return {
    nested_team: { kind: 'nested_team', repeatable: true, run },
    code: { kind: 'code', repeatable: false, run },
  };
}

async function run(job: JobRun): Promise<JobResult> {
  const said: string[] = [];
  const words = job.arguments.task.split(/\s+/);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const step = steps[word];
    if (step) await step(job, said, () => Number(words.shift()));
    else said.push(word);
  }
  return {
    text: said.join(' '),
    costUsd: null,
    files: [{ path: 'notes.txt', change: 'added', added: 1, removed: 0 }],
    patch: '--- /dev/null\n+++ b/notes.txt\n@@ -0,0 +1 @@\n+a note\n',
    zip: Buffer.from('PK'),
  };
}

const aborted = ({ signal }: JobRun) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
  );

const steps: Readonly<
  Record<string, (job: JobRun, said: string[], number: () => number) => Promise<void> | void>
> = {
  step: (job, said) => job.progress({ kind: 'note', agent: 'script', text: `step ${said.length}` }),
  wait: async (job, _said, number) => {
    const timer = Promise.withResolvers<void>();
    setTimeout(timer.resolve, number());
    await Promise.race([timer.promise, aborted(job)]);
  },
  cost: (job, _said, number) => job.spent(number()),
  ask: async (job, said) => {
    const { approved, reason } = await job.approve({ what: 'touch it', why: 'the script says so' });
    said.push(reason);
    if (!approved) throw new JobFailure(`It was not allowed. ${reason}`);
  },
  steer: async (job, said) => {
    const first = job.instructions[Symbol.asyncIterator]().next();
    const { value } = await Promise.race([first, aborted(job)]);
    said.push(String(value));
  },
  big: (_job, said, number) => void said.push('x'.repeat(number())),
  fail: () => {
    throw new JobFailure('It did not work out.');
  },
  'pass-later': (job) => {
    if (job.attempt === 1) throw new JobFailure('Not this time.', { retryable: true });
  },
  fault: () => {
    throw new Error('a secret of the server');
  },
  deaf: () => new Promise(() => undefined),
};
