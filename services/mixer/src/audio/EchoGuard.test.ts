import { DEFAULT_CONVERSATION, FRAME_SAMPLES, newParticipantId } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { Interruption } from '../room/Interruption.ts';
import { BandTrack } from './BandTrack.ts';
import { EchoGuard } from './EchoGuard.ts';
import { levelDbov } from './level.ts';
import { SpeechGate } from './SpeechGate.ts';
import { acrossRoom, asLoudAs, both, chatter } from './testing/chatter.ts';

const anna = newParticipantId();
const SILENCE = new Int16Array(FRAME_SAMPLES);

/** One microphone in a room with the assistant, for one reply after another. */
class Desk {
  readonly played = new BandTrack();
  readonly own = new BandTrack();
  readonly guard = new EchoGuard();
  readonly gate = new SpeechGate();

  /** When the reply would have been cut, ms; how much of it was taken for echo; how much for speech. */
  hear(reply: Int16Array, microphone: Int16Array) {
    const interruption = new Interruption(DEFAULT_CONVERSATION.bargeIn);
    let cutMs: number | undefined;
    let [echoMs, speechMs] = [0, 0];
    for (let at = 0; at + FRAME_SAMPLES <= microphone.length; at += FRAME_SAMPLES) {
      const frame = microphone.subarray(at, at + FRAME_SAMPLES);
      const dbov = levelDbov(frame);
      this.own.push(dbov > -127 ? frame : undefined);
      const heard = this.guard.update(this.played, this.own, dbov);
      const said = reply.subarray(at, at + FRAME_SAMPLES);
      this.played.push(said.length === FRAME_SAMPLES ? said : undefined);
      if (heard.echo) echoMs += 20;
      if (heard.found) interruption.forget(anna);
      const speaks = this.gate.update(heard.dbov);
      if (speaks) speechMs += 20;
      if (interruption.update(new Set(speaks ? [anna] : [])) === 'cut') cutMs ??= at / 24;
    }
    return { cutMs, echoMs, speechMs };
  }

  pause(ms: number): void {
    const silence = new Int16Array(ms * 24);
    this.hear(new Int16Array(), silence);
  }
}

describe('M75 the assistant’s own voice does not interrupt it', () => {
  const cases = [60, 180, 300, 420, 570].flatMap((delayMs) =>
    [0.9, 0.3, 0.08].map((gain) => ({ delayMs, gain, seed: delayMs + gain * 100 })),
  );
  test.each(cases)('$delayMs ms late, gain $gain', ({ delayMs, gain, seed }) => {
    const reply = chatter({ seed, ms: 5_000 });
    const desk = new Desk();
    const first = desk.hear(reply, acrossRoom(reply, { delayMs, gain, seed }));
    expect(first.cutMs).toBeUndefined();
    expect(Math.abs((desk.guard.delayMs ?? 0) - delayMs)).toBeLessThanOrEqual(20);
    // Known by now: the next reply is no surprise.
    desk.pause(2_000);
    const next = chatter({ seed: seed + 1, ms: 4_000 });
    const second = desk.hear(next, acrossRoom(next, { delayMs, gain, seed }));
    expect(second.cutMs).toBeUndefined();
    expect(second.speechMs).toBeLessThan(400);
  });

  test('in a noisy room', () => {
    const reply = chatter({ seed: 7, ms: 5_000 });
    const desk = new Desk();
    desk.hear(new Int16Array(), acrossRoom(new Int16Array(8 * 24_000), { delayMs: 0, noise: 500 }));
    const noisy = acrossRoom(reply, { delayMs: 240, gain: 0.4, noise: 500, seed: 2 });
    expect(desk.hear(reply, noisy).cutMs).toBeUndefined();
    expect(desk.guard.delayMs).toBeDefined();
  });
});

describe('M75 whoever speaks over it does', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('with headphones (seed %i)', (seed) => {
    const reply = chatter({ seed, ms: 6_000 });
    for (const fromMs of [120, 1_000, 2_300]) {
      const voice = chatter({ seed: seed + 100 + fromMs, ms: 3_000 });
      const microphone = both(new Int16Array(reply.length), voice, fromMs);
      // As soon as where nobody plays anything.
      const { cutMs: alone = -Infinity } = new Desk().hear(new Int16Array(), microphone);
      const { cutMs = Infinity } = new Desk().hear(reply, microphone);
      expect(cutMs - alone).toBeLessThan(100);
    }
  });

  test.each([
    [6, 900],
    [0, 1_500],
  ])('over the echo, %i dB louder', (db, withinMs) => {
    for (const seed of [1, 2, 3, 4]) {
      const reply = chatter({ seed, ms: 8_000 });
      const echo = acrossRoom(reply, { delayMs: 250, gain: 0.5, seed });
      const voice = asLoudAs(chatter({ seed: seed + 50, ms: 4_000 }), echo, db);
      const { cutMs = Infinity } = new Desk().hear(reply, both(echo, voice, 3_000));
      expect(cutMs).toBeGreaterThanOrEqual(3_000);
      expect(cutMs - 3_000).toBeLessThan(withinMs);
    }
  });

  test('after the loudspeaker was switched off it is forgotten', () => {
    const desk = new Desk();
    const reply = chatter({ seed: 1, ms: 5_000 });
    desk.hear(reply, acrossRoom(reply, { delayMs: 200, gain: 0.8 }));
    expect(desk.guard.delayMs).toBeDefined();
    desk.pause(2_000);
    const next = chatter({ seed: 2, ms: 6_000 });
    desk.hear(next, new Int16Array(next.length));
    expect(desk.guard.delayMs).toBeUndefined();
  });

  test('nobody plays anything: every level is a voice’s', () => {
    const guard = new EchoGuard();
    const [played, own] = [new BandTrack(), new BandTrack()];
    for (let frame = 0; frame < 100; frame++) {
      own.push(SILENCE);
      expect(guard.update(played, own, -30)).toEqual({ echo: false, dbov: -30, found: false });
      played.push(undefined);
    }
  });
});

test('another way back (the loudspeaker was moved, a device changed): learned anew', () => {
  const desk = new Desk();
  const [one, two, three] = [1, 2, 3].map((seed) => chatter({ seed, ms: 5_000 })) as [
    Int16Array,
    Int16Array,
    Int16Array,
  ];
  desk.hear(one, acrossRoom(one, { delayMs: 120 }));
  desk.pause(2_000);
  desk.hear(two, acrossRoom(two, { delayMs: 380 }));
  expect(Math.abs((desk.guard.delayMs ?? 0) - 380)).toBeLessThanOrEqual(20);
  desk.pause(2_000);
  expect(desk.hear(three, acrossRoom(three, { delayMs: 380 })).cutMs).toBeUndefined();
});
