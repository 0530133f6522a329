import { keys, type JobKind } from '@parley/contract';
import { HealthServer } from '@parley/kit/healthServer';
import type { Log } from '@parley/kit/log';
import { closeRedis, createRedis, waitForRedis } from '@parley/kit/redis';
import type { Scope } from '@parley/kit/scope';
import type { ToolsConfig } from './config.ts';
import { Desk } from './desk/Desk.ts';
import { Dispatch } from './desk/Dispatch.ts';
import type { Runner } from './jobs/Runner.ts';
import { createMetrics } from './metrics.ts';
import { BullJobQueues } from './queues/BullJobQueues.ts';
import { Workers } from './queues/workers.ts';
import { RedisArtifacts } from './store/RedisArtifacts.ts';
import { RedisJobStore } from './store/RedisJobStore.ts';
import { Caretaker } from './runs/Caretaker.ts';
import { Runs } from './runs/Runs.ts';

const REDIS_WITHIN_MS = 15_000;

/** Builds every part and starts it. Whatever was made is undone by the scope, last first. */
export async function startTools(
  config: ToolsConfig,
  runners: Readonly<Record<JobKind, Runner>>,
  log: Log,
  scope: Scope,
): Promise<void> {
  const now = Date.now;
  const connect = (name: string) => {
    const connection = createRedis(config.REDIS_URL, log, name);
    scope.add(() => closeRedis(connection));
    return connection;
  };
  const redis = connect('tools');
  await waitForRedis(redis, REDIS_WITHIN_MS);
  const subscriber = connect('tools-control');

  const queues = scope.own(new BullJobQueues(connect('tools-queues')));
  const store = new RedisJobStore(redis, log);
  const dispatch = new Dispatch(store, queues);
  const limits = {
    jobsPerSession: config.JOBS_PER_SESSION,
    jobsPerMinute: config.JOBS_PER_MINUTE,
    approvalMs: config.APPROVAL_TIMEOUT_MS,
  };
  const desk = new Desk({ dispatch, limits, now, log });
  const metrics = createMetrics({ running: () => runs.size });
  const runs = new Runs({
    runners,
    dispatch,
    artifacts: new RedisArtifacts(redis),
    limits,
    timeoutMs: config.JOB_TIMEOUT_MS,
    leaseMs: config.JOB_LEASE_MS,
    now,
    log,
    measure: metrics.measure,
  });
  subscriber.on('message', (_channel, message) => runs.control(message));
  await subscriber.subscribe(keys.jobControl);

  const workers = new Workers({
    redis: connect('tools-workers'),
    desk,
    runs,
    concurrency: { nested_team: config.TEAM_CONCURRENCY, code: config.CODE_CONCURRENCY },
    leaseMs: config.JOB_LEASE_MS,
    measures: metrics,
    log,
  });
  scope.own(workers);
  // Before the workers: they wait for what runs. First of all nothing new is taken.
  scope.own(runs);
  scope.add(() => workers.pause());
  await workers.ready();
  const caretaker = scope.own(new Caretaker({ dispatch, desk, limits, now, log }));
  caretaker.start();

  if (config.METRICS_PORT > 0)
    scope.own(
      await HealthServer.open({
        port: config.METRICS_PORT,
        host: config.METRICS_HOST,
        trouble: () => (redis.status === 'ready' ? undefined : 'Redis is away'),
        unready: () => (workers.running ? undefined : 'no longer takes jobs'),
        metrics: metrics.registry,
        log,
      }),
    );
  log.info({ jobsPerSession: limits.jobsPerSession }, 'tools ready');
}
