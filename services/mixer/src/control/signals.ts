import { keys, type MixerId, type MixerSignal } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import type { Rooms } from '../room/Rooms.ts';

/** Tells every hub what happened in the rooms by itself. Returns its undo. */
export function tellHubs(options: {
  mixerId: MixerId;
  rooms: Pick<Rooms, 'events'>;
  redis: Redis;
  log: Log;
}): () => void {
  const { mixerId, rooms, redis, log } = options;
  const publish = (signal: MixerSignal) => {
    redis
      .publish(keys.mixerSignals, JSON.stringify(signal))
      .catch((error: unknown) => log.warn({ err: error, signal: signal.type }, 'signal not sent'));
  };
  const onGone: Parameters<typeof rooms.events.on<'gone'>>[1] = (sessionId, participantId) =>
    publish({ type: 'participant:gone', mixerId, sessionId, participantId });
  const onClosed: Parameters<typeof rooms.events.on<'closed'>>[1] = (sessionId, reason) =>
    publish({ type: 'room:closed', mixerId, sessionId, reason });
  rooms.events.on('gone', onGone);
  rooms.events.on('closed', onClosed);
  return () => {
    rooms.events.off('gone', onGone);
    rooms.events.off('closed', onClosed);
  };
}
