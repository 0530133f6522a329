import { AddedParticipant, ParticipantName, type SessionId } from '@parley/contract';
import { z } from 'zod';

/** One device's place in a session, kept for this tab alone so that a reload comes back as the same participant. */
export const Seat = AddedParticipant.extend({ name: ParticipantName, listenOnly: z.boolean() });
export type Seat = z.infer<typeof Seat>;

const seatKey = (id: SessionId) => `parley:seat:${id}`;
const ownerKey = (id: SessionId) => `parley:owner:${id}`;
const historyKey = (id: SessionId) => `parley:history:${id}`;
const NAME = 'parley:name';
const DEVICE = 'parley:microphone';

/** Storage may be forbidden (private windows, policies): then everything is simply forgotten. */
function read(area: () => Storage, key: string): string | null {
  try {
    return area().getItem(key);
  } catch {
    return null;
  }
}

function write(area: () => Storage, key: string, value: string | null): void {
  try {
    if (value === null) area().removeItem(key);
    else area().setItem(key, value);
  } catch {
    // Nothing depends on it: the page only forgets.
  }
}

const tab = () => globalThis.sessionStorage;
const device = () => globalThis.localStorage;

export function loadSeat(id: SessionId): Seat | undefined {
  const text = read(tab, seatKey(id));
  if (text === null) return undefined;
  try {
    return Seat.parse(JSON.parse(text));
  } catch {
    write(tab, seatKey(id), null);
    return undefined;
  }
}
export const saveSeat = (id: SessionId, seat: Seat | null) =>
  write(tab, seatKey(id), seat === null ? null : JSON.stringify(seat));

export const loadOwnerToken = (id: SessionId) => read(device, ownerKey(id));
export const saveOwnerToken = (id: SessionId, token: string | null) => write(device, ownerKey(id), token);

/** Lets this device read what was said, long after the session. */
export const saveHistoryToken = (id: SessionId, token: string) => write(device, historyKey(id), token);
/** Whatever this device has that reads the session; null when it never took part. */
export const readingToken = (id: SessionId) => read(device, historyKey(id)) ?? loadOwnerToken(id);

export const loadName = () => read(device, NAME) ?? '';
export const saveName = (name: string) => write(device, NAME, name);

/** The microphone chosen last (a deviceId), or an empty string. */
export const loadMicrophone = () => read(device, DEVICE) ?? '';
export const saveMicrophone = (deviceId: string) => write(device, DEVICE, deviceId);
