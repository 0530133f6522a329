import type { ProcessLog } from '../logs/ProcessLog.ts';
import { OwnedProcess } from './OwnedProcess.ts';
import { describeExit, type Running } from './Supervised.ts';
import { waitForHttp } from './waitForHttp.ts';

export interface ServicePlan {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Answers with a success once the service is ready. */
  readyUrl: string;
  readyWithinMs: number;
  stopWithinMs: number;
}

/** Starts one process and waits until it is ready. Rejects when it ends first or takes too long; it is stopped then. */
export async function launchService(
  plan: ServicePlan,
  log: Pick<ProcessLog, 'write'>,
  signal: AbortSignal,
): Promise<Running> {
  const owned = await OwnedProcess.start({
    ...plan,
    onLine: (line, output) => log.write(line, output),
  });
  const waiting = new AbortController();
  try {
    await Promise.race([
      waitForHttp({
        url: plan.readyUrl,
        withinMs: plan.readyWithinMs,
        signal: AbortSignal.any([signal, waiting.signal]),
      }),
      owned.exited.then((exit) => {
        throw new Error(`${plan.name} ended with ${describeExit(exit)} while starting`);
      }),
    ]);
  } catch (error) {
    await owned.stop(plan.stopWithinMs);
    throw error instanceof Error && error.message.startsWith('not ready')
      ? new Error(`${plan.name} is ${error.message}`, { cause: error })
      : error;
  } finally {
    waiting.abort();
  }
  return { exited: owned.exited, stop: async () => void (await owned.stop(plan.stopWithinMs)) };
}
