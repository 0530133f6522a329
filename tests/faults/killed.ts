import { setTimeout as delay } from 'node:timers/promises';
import { keys } from '@parley/contract';
import { untilVoice } from '../support/audio/heard.ts';
import { HubApi } from '../support/HubApi.ts';
import { until } from '../support/until.ts';
import type { Fault, Scene } from './faults.ts';
import { LiveSession, type Account } from './LiveSession.ts';
import { silenceIn, type Silence } from './silence.ts';

export interface Outcome extends Silence, Account {
  /** Acknowledged changes per second in the two seconds before. */
  rate: number;
  /** How like Anna what is heard in the end is, 0…1. */
  score: number;
  /** From the fault until every one of the ten had another change acknowledged (ms). */
  controlMs: number;
  /** The longest that somebody was without a joined socket (ms); 0 when nobody lost it. */
  absentMs: number;
}

const RATE = 200;
const BEFORE_MS = 2_000;
/** A stream that flows for so long is back for good. */
const STEADY_MS = 2_000;
const BACK_WITHIN_MS = 60_000;

/** One fault under a session in full swing, from its opening to the account of its timeline. */
export async function killUnderLoad(fault: Fault, scene: Omit<Scene, 'session'>): Promise<Outcome> {
  const { stack, redis } = scene;
  const session = await LiveSession.open(stack.hubUrls, RATE);
  try {
    await untilVoice('anna', session.listener);
    const acknowledged = session.acknowledged;
    await delay(BEFORE_MS);
    const rate = ((session.acknowledged - acknowledged) * 1_000) / BEFORE_MS;

    const counts = new Map(session.muters.map((muter) => [muter, muter.acknowledged]));
    const killedAt = performance.now();
    const restart = await fault({ ...scene, session });
    const restarted = restart();
    const steady = () => {
      const { frames } = session.listener;
      const now = performance.now();
      const recent = frames.filter(({ arrivedMs }) => arrivedMs > now - STEADY_MS);
      return now > killedAt + STEADY_MS && recent.length > STEADY_MS / 20 / 1.25;
    };
    // One waits for what a change under way was asked before the fault, so each needs two more.
    const controlled = until(
      'everybody to be heard by the hubs again',
      () => session.muters.every((muter) => muter.acknowledged > (counts.get(muter) ?? 0) + 1),
      { withinMs: BACK_WITHIN_MS, everyMs: 10 },
    ).then(() => performance.now() - killedAt);
    await until('the voice to be back', steady, { withinMs: BACK_WITHIN_MS });
    const controlMs = await controlled;
    await until('the voice to go on', steady, { withinMs: BACK_WITHIN_MS });
    const silence = silenceIn(session.listener.frames, killedAt, performance.now());
    const { score } = await untilVoice('anna', session.listener);
    await restarted;

    for (const muter of session.muters) await muter.stop();
    await until('the writer to catch up', async () => (await redis.xlen(keys.events)) === 0, {
      withinMs: BACK_WITHIN_MS,
    });
    const [url = ''] = stack.hubUrls;
    const events = await new HubApi(url).events(session.id, { limit: '1000' });
    const absentMs = Math.max(0, ...session.absencesMs);
    return { rate, score, controlMs, absentMs, ...silence, ...session.settle(events) };
  } finally {
    await session.close();
    await endQuietly(scene, session);
  }
}

async function endQuietly({ stack }: Omit<Scene, 'session'>, session: LiveSession): Promise<void> {
  await session.end(stack.hubUrls[0] ?? '').catch(() => undefined);
}
