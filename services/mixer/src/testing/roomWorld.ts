import {
  type NewEvent,
  newParticipantId,
  newSessionId,
  type ParticipantId,
  type Role,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import type { Codec } from '../audio/codec.ts';
import { Room } from '../room/Room.ts';
import { FakeAssistant } from './FakeAssistant.ts';
import { FakeClock } from './FakeClock.ts';
import { FakeMedia, type FakeMicrophone, FakePeer, FakeRtpLine } from './FakeMedia.ts';
import { ManualFrames } from './ManualFrames.ts';
import { packetsOf } from './speaking.ts';

export const anna = { id: newParticipantId(), name: 'Anna', role: 'speaker' as const };
export const ben = { id: newParticipantId(), name: 'Ben', role: 'speaker' as const };

export type RoomWorld = ReturnType<typeof roomWorld>;

/** A real room in a world of fakes, with a clock to be turned by hand. */
export function roomWorld(codec: Codec) {
  const clock = new FakeClock();
  const frames = new ManualFrames(clock);
  const media = new FakeMedia();
  const assistant = new FakeAssistant();
  const facts: NewEvent[] = [];
  const peers: FakePeer[] = [];
  const lines: FakeRtpLine[] = [];
  const sessionId = newSessionId();
  const room = new Room({
    sessionId,
    media,
    assistant,
    openPeer: async () => {
      const peer = new FakePeer();
      peers.push(peer);
      return peer;
    },
    openRtp: async () => {
      const line = new FakeRtpLine();
      lines.push(line);
      return line;
    },
    codec,
    frameClock: frames,
    clock,
    facts: { append: (event) => facts.push(event) },
    log: silentLog,
  });
  const join = (identity: { id: ParticipantId; name: string; role: Role }) => {
    room.join(identity);
    const device = media.devices.at(-1);
    if (!device) throw new Error('No device');
    return device;
  };
  return { codec, room, clock, frames, media, assistant, facts, peers, lines, sessionId, join };
}

/** Speaks into each microphone at once, a packet per frame, then lets `after` frames pass. */
export function speak(
  { codec, frames }: RoomWorld,
  voices: { microphone: FakeMicrophone; pcm: Int16Array }[],
  after = 30,
): void {
  const queues = voices.map(({ microphone, pcm }, i) => ({
    microphone,
    packets: packetsOf(codec, pcm, i + 1),
  }));
  const longest = Math.max(...queues.map(({ packets }) => packets.length));
  for (let i = 0; i < longest; i++) {
    for (const { microphone, packets } of queues) {
      const packet = packets[i];
      if (packet) microphone.events.emit('rtp', packet);
    }
    frames.turn();
  }
  frames.turn(after);
}
