import { PROTOCOL_VERSION } from '@parley/contract';
import type { MixerId, MixerRecord } from '@parley/contract';

/** Whether a mixer may get one more room. */
export function canTake(record: MixerRecord): boolean {
  return (
    !record.draining &&
    record.busy !== true &&
    record.protocol === PROTOCOL_VERSION &&
    record.rooms < record.maxRooms
  );
}

/** The least loaded mixer, by rooms as a share of what it can hold; CPU decides between equals. */
export function leastLoaded(
  records: readonly MixerRecord[],
  refused: ReadonlySet<MixerId>,
): MixerRecord | undefined {
  const load = (record: MixerRecord) => record.rooms / record.maxRooms;
  return records
    .filter((record) => canTake(record) && !refused.has(record.id))
    .sort((a, b) => load(a) - load(b) || a.cpu - b.cpu || (a.id < b.id ? -1 : 1))[0];
}

/** Mixers are there, and each has as many rooms, or as much to do, as it can have. One that is only on its way is not full. */
export function areFull(records: readonly MixerRecord[]): boolean {
  const working = records.filter(({ draining, protocol }) => !draining && protocol === PROTOCOL_VERSION);
  return working.length > 0 && !working.some(canTake);
}

/** What to say when no mixer can take a room. */
export function whyNone(records: readonly MixerRecord[]): string {
  if (records.length === 0) return 'No voice server is running. Start a mixer, or try again in a moment.';
  if (records.every((record) => record.protocol !== PROTOCOL_VERSION))
    return 'The mixers that run speak another protocol version than this hub. Update both.';
  if (records.every(({ draining, busy }) => draining || busy === true))
    return 'Every voice server has as much to do as it can do in time. Try again when a session has ended, or start another mixer.';
  return 'Every voice server is full. Try again when a session has ended.';
}
