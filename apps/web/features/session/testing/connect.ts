import { vi } from 'vitest';
import type { MicrophoneState } from '../../../lib/audio/Microphone.ts';
import type { Seat } from '../../../lib/storage.ts';
import { Store } from '../../../lib/store.ts';
import { SessionConnection } from '../SessionConnection.ts';
import { FakeMedia } from './FakeMedia.ts';
import { FakeSignaling } from './FakeSignaling.ts';
import { joinReply, seat } from './samples.ts';

/** A connection over fakes. The hub answers joins at once; `media` are the transports made so far. */
export function connect(change: Partial<Seat> = {}, answers: FakeSignaling['answers'] = {}) {
  const media: FakeMedia[] = [];
  const microphone = { state: new Store<MicrophoneState>({ at: 'off' }) };
  const fakes: FakeSignaling[] = [];
  const connection = new SessionConnection({
    seat: seat(change),
    microphone,
    openSignaling: (_token, handlers) => {
      const fake = new FakeSignaling(handlers, {
        'session:join': () => joinReply(),
        'session:leave': () => ({}),
        'session:end': () => ({}),
        'participant:mute': ({ muted }) => ({ muted }),
        'events:list': () => ({ events: [] }),
        ...answers,
      });
      fakes.push(fake);
      return fake;
    },
    openMedia: async (options, handlers) => {
      const made = new FakeMedia(handlers);
      made.setMicrophone(options.microphone);
      made.setMuted(options.muted);
      media.push(made);
      return made;
    },
  });
  const [hub] = fakes;
  if (hub === undefined) throw new Error('The connection opened no signaling');
  return { connection, hub, media, microphone };
}

/** Lets every promise that can settle do so. Needs fake timers. */
export const settled = () => vi.advanceTimersByTimeAsync(0);

/** The same, joined and with its channels open. */
export async function inRoom(...args: Parameters<typeof connect>) {
  const world = connect(...args);
  world.connection.start();
  world.hub.handlers.onConnect();
  await settled();
  world.media[0]?.comeUp();
  const tell = (message: object) => world.media.at(-1)?.handlers.onMessage(JSON.stringify(message));
  const now = () => world.connection.snapshot.get();
  return { ...world, tell, now };
}
