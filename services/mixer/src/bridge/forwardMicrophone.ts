import { type RTCPeerConnection, RTP_EXTENSION_URI } from 'werift';
import type { InjectedMicrophone } from '../room/mediaPorts.ts';

interface Forwarding {
  closed: () => boolean;
  onMicrophone: (microphone: InjectedMicrophone) => void;
  onFault: (error: unknown) => void;
}

type TrackEvent = RTCPeerConnection['onTrack'];
type Track = Parameters<Parameters<TrackEvent['subscribe']>[0]>[0];

/** Brings a peer's first audio track into the router, from its first packet on. Video and further tracks are ignored. */
export function forwardMicrophone(
  connection: RTCPeerConnection,
  inject: () => Promise<InjectedMicrophone>,
  forwarding: Forwarding,
): void {
  let opened = false;
  const open = async (track: Track) => {
    const microphone = await inject();
    if (forwarding.closed()) {
      microphone.close();
      return;
    }
    track.onReceiveRtp.subscribe(({ header, payload }, extensions) => {
      if (payload.length === 0) return;
      microphone.send({
        payload,
        sequenceNumber: header.sequenceNumber,
        timestamp: header.timestamp,
        marker: header.marker,
        level: readLevel(extensions?.[RTP_EXTENSION_URI.audioLevelIndication]),
      });
    });
    forwarding.onMicrophone(microphone);
  };
  connection.onTrack.subscribe((track) => {
    if (track.kind !== 'audio' || opened) return;
    opened = true;
    // Nobody is listed as a source who has never sent a packet.
    track.onReceiveRtp.once(() => void open(track).catch(forwarding.onFault));
  });
}

/** werift reads the extension as `{v, level}`, the level without its sign. */
function readLevel(value: unknown): { dbov: number; voice: boolean } | undefined {
  if (typeof value !== 'object' || value === null || !('level' in value) || typeof value.level !== 'number')
    return undefined;
  return { dbov: -value.level, voice: 'v' in value && value.v === true };
}
