import type { SessionId } from '@parley/contract';
import type { JobResult, JobRun, Runner } from '../Runner.ts';
import { ModelGate } from './agent/ModelGate.ts';
import { CodeJob } from './CodeJob.ts';
import type { CodeOptions } from './CodeOptions.ts';
import { Turns } from './Turns.ts';
import { archive } from './workspace/archive.ts';
import { cloneInto } from './workspace/cloneInto.ts';
import { compare } from './workspace/compare.ts';
import { takeSnapshot } from './workspace/snapshot.ts';
import { Workspace } from './workspace/Workspace.ts';

/** Distinguishes jobs that run at once, on this machine as far as a process ID does. */
let slots = process.pid * 31;

/**
 * Gives jobs to a coding agent behind a wall, in the folder of their session (R30 to R39). Not repeatable: what a lost
 * attempt has done to the folder is not known.
 */
export function createCodeRunner(options: CodeOptions): Runner<'code'> & { close(): Promise<void> } {
  const turns = new Turns<SessionId>();
  const running = new Set<Promise<unknown>>();
  const closing = new AbortController();
  return {
    kind: 'code',
    repeatable: false,
    run(run) {
      const signal = AbortSignal.any([run.signal, closing.signal]);
      const work = turns.take(
        run.sessionId,
        signal,
        () => runJob(options, run, signal),
        () => run.progress({ kind: 'note', text: 'Waits for another job in the same folder' }),
      );
      const settled = work.catch(() => undefined).finally(() => running.delete(settled));
      running.add(settled);
      return work;
    },
    async close() {
      closing.abort(new Error('The service is stopping.'));
      await Promise.all(running);
    },
  };
}

async function runJob(options: CodeOptions, run: JobRun<'code'>, signal: AbortSignal): Promise<JobResult> {
  const { agent, wall, dataDir, limits, cloneFrom = ['https://'] } = options;
  const program = await agent.install((step) => run.progress(step), signal);
  const slot = (slots += 1);
  const workspace = await Workspace.open(dataDir, run.sessionId);
  try {
    run.progress({ kind: 'note', text: `Works behind ${wall.about}` });
    const { repository, files = [] } = run.arguments;
    await workspace.giveTo(wall.owner(slot));
    if (repository !== undefined)
      await cloneInto({ repository, workspace, wall, slot, limits, allowed: cloneFrom, run, signal });
    for (const { path, content } of files) await workspace.write(path, content);
    await workspace.giveTo(wall.owner(slot));
    const before = await takeSnapshot(workspace.folder);
    const gate = await ModelGate.open(agent.model);
    const job = new CodeJob(options, run, signal, { workspace, gate, program, slot });
    let text: string;
    try {
      text = await job.run();
    } finally {
      await gate.close();
    }
    const { files: changed, patch, present } = await compare(before, await takeSnapshot(workspace.folder));
    const zip = archive(present);
    return {
      text,
      costUsd: job.costUsd,
      files: changed,
      ...(changed.length > 0 ? { patch } : {}),
      ...(zip ? { zip } : {}),
    };
  } finally {
    await workspace.close();
  }
}
