import { keys, MixerSignal } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Membership } from '../session/Membership.ts';
import type { Channels } from '../session/ports.ts';
import type { RoomKeeper } from '../session/RoomKeeper.ts';

/** Hears what mixers tell without being asked. Every hub does; the store lets one of them act. */
export async function listenToMixers(
  channels: Channels,
  keeper: Pick<RoomKeeper, 'closed'>,
  membership: Pick<Membership, 'gone'>,
  log: Log,
): Promise<void> {
  const act = (signal: MixerSignal): Promise<void> =>
    signal.type === 'participant:gone'
      ? membership.gone(signal.sessionId, signal.participantId, signal.mixerId, signal.reason)
      : keeper.closed(signal);
  await channels.subscribe(keys.mixerSignals, (message) => {
    let signal: MixerSignal;
    try {
      signal = MixerSignal.parse(JSON.parse(message));
    } catch (error) {
      log.warn({ err: error }, 'signal of a mixer not readable');
      return;
    }
    act(signal).catch((error: unknown) =>
      log.error({ err: error, signal: signal.type }, 'signal not acted on'),
    );
  });
}
