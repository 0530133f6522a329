import { FRAME_SAMPLES } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { readServerEvent } from './protocol.ts';
import { ServerPlayback } from './ServerPlayback.ts';

let clock: FakeClock;
let playback: ServerPlayback;
let told: string[];

beforeEach(() => {
  clock = new FakeClock();
  told = [];
  playback = new ServerPlayback(clock, {
    audio: ({ responseId, itemId }, pcm) => told.push(`${responseId} ${itemId} ${(pcm[0] ?? 0) / 1_000}`),
    over: ({ response }) => told.push(`${response.id} over`),
  });
});

function say(type: string, fields: object = { response_id: 'r' }): boolean {
  const reading = readServerEvent(JSON.stringify({ type, ...fields }));
  if (reading.kind !== 'event') throw new Error(`${type}: ${reading.kind}`);
  return playback.take(reading.event);
}
const announce = () =>
  say('response.content_part.added', {
    response_id: 'r',
    item_id: 'i',
    content_index: 0,
    part: { type: 'audio' },
  });
const done = (status = 'completed') => say('response.done', { response: { id: 'r', status } });
const hear = (...values: number[]) =>
  playback.hear(values.map((value) => new Int16Array(FRAME_SAMPLES).fill(value * 1_000)));

test('M80 packets get their names, and the end waits for them', () => {
  announce();
  expect(done()).toBe(true);
  say('output_audio_buffer.started');
  hear(1, 2);
  expect(told).toEqual([]);
  hear(3);
  hear(4);
  say('output_audio_buffer.stopped');
  hear(5);
  clock.turn(100);
  hear(6);
  expect(told).toEqual(['r i 1', 'r i 2', 'r i 3', 'r i 4', 'r i 5', 'r over']);
});

test('packets that overtake the start are not lost, the silence before them is', () => {
  announce();
  hear(0, 0, 1, 2);
  say('output_audio_buffer.started');
  hear(3);
  expect(told).toEqual(['r i 1', 'r i 2', 'r i 3']);
});

test('M83 a cut reply is silent at once, and over when the server says so', () => {
  announce();
  say('output_audio_buffer.started');
  hear(1, 2, 3);
  done();
  expect(playback.cut('r')).toEqual({ making: false, playing: true });
  expect(playback.owns('i')).toBe(true);
  hear(4);
  say('output_audio_buffer.cleared');
  expect(told).toEqual(['r i 1', 'r i 2', 'r i 3', 'r over']);
  expect(playback.owns('i')).toBe(false);
});

test('without audio nothing waits', () => {
  expect(done()).toBe(false);
  announce();
  expect(done('cancelled')).toBe(false);
});

test('an end that never comes is taken for granted', () => {
  announce();
  say('output_audio_buffer.started');
  hear(1);
  done();
  clock.turn(2_000);
  hear(2);
  clock.turn(2_000);
  expect(told).toEqual([]);
  clock.turn(2_000);
  expect(told).toEqual(['r i 1', 'r i 2', 'r over']);
  expect(clock.timers).toBe(0);
});
