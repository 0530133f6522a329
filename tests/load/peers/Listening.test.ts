import { RtpWriter } from '@parley/mixer/audio/rtp';
import { expect, test } from 'vitest';
import { loadVoices } from '../tool/voices.ts';
import { Listening } from './Listening.ts';

const voices = await loadVoices();
const [anna, ben] = voices;
if (!anna || !ben) throw new Error('no voices');

/** Silence from 0 to 400 ms, then the voice, each packet `lateMs` after it was sent. */
function listenTo(packets: readonly Uint8Array[], lateMs: number): Listening {
  const writer = new RtpWriter({ ssrc: 1, payloadType: 111 });
  const listening = new Listening();
  const silence = Array.from({ length: 20 }, () => Uint8Array.of(0x48));
  for (const [index, payload] of [...silence, ...packets.slice(0, 60)].entries())
    listening.take(writer.write(payload, { marker: false }), index * 20 + lateMs);
  return listening;
}

test('a delay is found to the millisecond, with the 6.5 ms of look-ahead of the encoder in it', async () => {
  expect(await listenTo(anna.packets, 37).delayOf(anna.pcm, 400)).toBeCloseTo(43.5, 0);
  expect(await listenTo(ben.packets, 0).delayOf(ben.pcm, 400)).toBeCloseTo(6.5, 0);
});

test('nothing is found in silence, nor in what somebody else says', async () => {
  expect(await listenTo([], 0).delayOf(anna.pcm, 0)).toBeUndefined();
  expect(await new Listening().delayOf(anna.pcm, 0)).toBeUndefined();
  expect(await listenTo(ben.packets, 0).delayOf(anna.pcm, 400)).toBeUndefined();
});
