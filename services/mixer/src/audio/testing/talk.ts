import type { Codec } from '../codec.ts';
import { levelDbov } from '../level.ts';
import { loadOpus } from '../opus.ts';
import { Source } from '../Source.ts';
import { LEVEL_ID, rtpBytes } from './rtpBytes.ts';
import { stream, type Arrival, type StreamOptions } from './stream.ts';

export const plain = await loadOpus();
export const withDtx = await loadOpus({ dtx: true });

export const newSource = (): Source => new Source({ codec: plain, levelExtensionId: LEVEL_ID });

/** Encoded like a browser does it: with DTX the first empty packet of a pause is sent, the others are not. */
function encode(said: Int16Array, codec: Codec, packetMs = 20) {
  const encoder = codec.encoder();
  const size = packetMs * 24;
  const packets = Array.from({ length: Math.floor(said.length / size) }, (_, index) => {
    const pcm = said.subarray(index * size, (index + 1) * size);
    return { payload: Uint8Array.from(encoder.encode(pcm)), dbov: levelDbov(pcm) };
  });
  encoder.close();
  return packets.map((packet, index) => ({
    ...packet,
    sent: packet.payload.length > 2 || (packets[index - 1]?.payload.length ?? 0) > 2,
  }));
}

/** What arrives of somebody who says this. */
export function sendSpeech(
  said: Int16Array,
  options: Partial<StreamOptions> & { codec?: Codec; levels?: boolean } = {},
): Arrival[] {
  const packets = encode(said, options.codec ?? plain, options.packetMs);
  return stream({
    seed: 1,
    packets: packets.length,
    payload: (index) => packets[index]?.payload ?? new Uint8Array(),
    sent: (index) => packets[index]?.sent ?? false,
    ...(options.levels && {
      level: (index) => ({ dbov: packets[index]?.dbov ?? 0, voice: (packets[index]?.dbov ?? 0) > -50 }),
    }),
    ...options,
  });
}

/** Pulls every 20 ms; silence counts as zeros. */
export function listen(
  arrivals: Arrival[],
  { source = newSource(), untilMs = 0, each = (_atMs: number) => {} } = {},
): { heard: Int16Array; silent: boolean[]; source: Source } {
  const endMs = Math.max(untilMs, (arrivals.at(-1)?.atMs ?? 0) + 400);
  const heard = new Int16Array(Math.ceil((endMs - 7) / 20) * 480);
  const silent: boolean[] = [];
  let next = 0;
  for (let frame = 0; frame * 480 < heard.length; frame++) {
    const atMs = 7 + frame * 20;
    for (let arrival = arrivals[next]; arrival && arrival.atMs <= atMs; arrival = arrivals[++next])
      source.receive(rtpBytes(arrival.packet), arrival.atMs);
    each(atMs);
    const pulled = source.pull(atMs);
    if (pulled && pulled.length !== 480) throw new Error(`a frame of ${pulled.length}`);
    if (pulled) heard.set(pulled, frame * 480);
    silent.push(!pulled);
  }
  return { heard, silent, source };
}
