import { DEFAULT_CONVERSATION, newSessionId, type NewEvent, type SessionSettings } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import type { RoomMedia } from '../room/mediaPorts.ts';
import { Rooms } from '../room/Rooms.ts';
import { FakeAssistant } from './FakeAssistant.ts';
import { FakeClock } from './FakeClock.ts';
import { FakeMedia } from './FakeMedia.ts';
import { ManualFrames } from './ManualFrames.ts';

export const settings: SessionSettings = {
  title: 'A room',
  voice: 'marin',
  agentName: 'Parley',
  systemPrompt: '',
  conversationId: null,
  conversation: DEFAULT_CONVERSATION,
};
const codec = {
  decoder: () => {
    throw new Error('Nobody speaks here');
  },
  encoder: () => ({ encode: () => new Uint8Array(3), close: () => undefined }),
};

/** All the rooms of a mixer in a world of fakes. */
export function roomsWorld({ maxRooms = 2, busy = (): boolean => false } = {}) {
  const clock = new FakeClock();
  const media: FakeMedia[] = [];
  const assistants: FakeAssistant[] = [];
  const facts: NewEvent[] = [];
  const told: unknown[] = [];
  let gate: Promise<unknown> = Promise.resolve();
  let redis: Promise<unknown> = Promise.resolve();
  const rooms = new Rooms({
    openMedia: async (): Promise<RoomMedia> => {
      await gate;
      const made = new FakeMedia();
      media.push(made);
      return made;
    },
    openPeer: () => Promise.reject(new Error('No peers here')),
    openRtp: () => Promise.reject(new Error('No RTP here')),
    makeAssistant: () => {
      const made = new FakeAssistant();
      assistants.push(made);
      return made;
    },
    codec,
    frameClock: new ManualFrames(clock),
    clock,
    facts: { append: (event) => facts.push(event), flushed: () => redis.then(() => undefined) },
    maxRooms,
    busy,
    log: silentLog,
  });
  rooms.events.on('gone', (...args) => told.push(['gone', ...args]));
  rooms.events.on('closed', (...args) => told.push(['closed', ...args]));
  const open = (sessionId = newSessionId(), awaitAssistant = false, epoch?: number) =>
    rooms.handlers['room:open']({ sessionId, settings, awaitAssistant, epoch });
  return {
    clock,
    rooms,
    media,
    assistants,
    facts,
    told,
    open,
    wait: (until: Promise<unknown>) => void (gate = until),
    /** Facts are on their way until then. */
    flush: (until: Promise<unknown>) => void (redis = until),
  };
}
