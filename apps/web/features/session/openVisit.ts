import type { SessionId } from '@parley/contract';
import * as api from '../../lib/api.ts';
import { Microphone } from '../../lib/audio/Microphone.ts';
import * as storage from '../../lib/storage.ts';
import { MediasoupMedia } from './MediasoupMedia.ts';
import { SessionConnection } from './SessionConnection.ts';
import { SocketSignaling } from './SocketSignaling.ts';
import { Visit } from './Visit.ts';

/** A visit on the real network. */
export function openVisit(id: SessionId): Visit {
  return new Visit(id, {
    api,
    storage,
    microphone: new Microphone(),
    connect: ({ seat, microphone }) =>
      new SessionConnection({
        seat,
        microphone,
        openSignaling: (token, handlers) => new SocketSignaling(token, handlers),
        openMedia: (options, handlers) => MediasoupMedia.open(options, handlers),
      }),
  });
}
