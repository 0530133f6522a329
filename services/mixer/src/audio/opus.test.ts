import { describe, expect, it } from 'vitest';
import { levelDbov } from './level.ts';
import { loadOpus } from './opus.ts';
import { hasFec, opusTicks } from './opusPacket.ts';
import { speech } from './testing/speech.ts';
import { bestMatch } from './testing/compare.ts';

function framesOf(pcm: Int16Array): Int16Array[] {
  return Array.from({ length: pcm.length / 480 }, (_, i) => pcm.subarray(i * 480, (i + 1) * 480));
}

const join = (frames: Int16Array[]) => Int16Array.from(frames.flatMap((frame) => [...frame]));

describe('the Opus codec', () => {
  it('has a light encoding, which is Opus of 20 ms, too, and decodes to what was said', async () => {
    const codec = await loadOpus();
    const [encoder, decoder] = [codec.encoder('light'), codec.decoder()];
    const said = speech({ seed: 4, ms: 600 });
    const heard = framesOf(said).map((frame) => {
      const packet = encoder.encode(frame);
      expect(opusTicks(packet)).toBe(960);
      return decoder.decode(packet).slice();
    });
    expect(bestMatch(said, join(heard), 480).correlation).toBeGreaterThan(0.9);
    encoder.close();
    decoder.close();
  });

  it('carries speech at 24 kHz with about 32 kbit/s', async () => {
    const codec = await loadOpus();
    const encoder = codec.encoder();
    const decoder = codec.decoder();
    const said = speech({ seed: 1, ms: 3_000 });
    let bytes = 0;
    const heard = framesOf(said).map((frame) => {
      const packet = encoder.encode(frame);
      bytes += packet.length;
      return decoder.decode(packet);
    });
    expect(heard.every((frame) => frame.length === 480)).toBe(true);
    expect(bestMatch(said, join(heard), 400).correlation).toBeGreaterThan(0.95);
    expect((bytes * 8) / 3).toBeGreaterThan(15_000);
    expect((bytes * 8) / 3).toBeLessThan(45_000);
    encoder.close();
    decoder.close();
  });

  it('brings a lost frame back from the FEC of the next one, better than concealment does', async () => {
    const codec = await loadOpus();
    const encoder = codec.encoder();
    const said = speech({ seed: 2, ms: 3_000 });
    const packets = framesOf(said).map((frame) => encoder.encode(frame));
    const hear = (lose: (index: number) => boolean, makeUp: 'none' | 'fec' | 'conceal') => {
      const decoder = codec.decoder();
      const heard = packets.map((packet, index) => {
        const next = packets[index + 1];
        if (makeUp === 'none' || !lose(index) || !next) return decoder.decode(packet);
        return makeUp === 'fec' ? decoder.decodeFec(next) : decoder.conceal(480);
      });
      decoder.close();
      return heard;
    };
    const lose = (index: number) => index % 7 === 3 && hasFec(packets[index + 1] ?? new Uint8Array());
    const lost = (frames: Int16Array[]) => join(frames.filter((_, index) => lose(index)));
    const whole = lost(hear(lose, 'none'));
    const withFec = bestMatch(whole, lost(hear(lose, 'fec')), 0).correlation;
    const concealed = bestMatch(whole, lost(hear(lose, 'conceal')), 0).correlation;
    expect(withFec).toBeGreaterThan(0.85);
    expect(withFec).toBeGreaterThan(concealed + 0.1);
    encoder.close();
  });

  it('conceals what was being said, and less and less of it', async () => {
    const codec = await loadOpus();
    const encoder = codec.encoder();
    const decoder = codec.decoder();
    for (const frame of framesOf(speech({ seed: 3, ms: 1_060 }))) decoder.decode(encoder.encode(frame));
    const levels = Array.from({ length: 20 }, () => levelDbov(decoder.conceal(480)));
    expect(levels[0]).toBeGreaterThan(-30);
    expect(levels.at(-1)).toBeLessThan((levels[0] ?? 0) - 20);
    expect(decoder.conceal(60)).toHaveLength(60);
    encoder.close();
    decoder.close();
  });

  it('sends next to nothing in silence when told to', async () => {
    const encoder = (await loadOpus({ dtx: true })).encoder();
    const sizes = Array.from({ length: 60 }, () => encoder.encode(new Int16Array(480)).length);
    expect(sizes.filter((size) => size <= 2).length).toBeGreaterThan(30);
    encoder.close();
  });

  it('refuses a corrupt packet and goes on', async () => {
    const codec = await loadOpus();
    const decoder = codec.decoder();
    expect(() => decoder.decode(Uint8Array.of(0xff, 0xff, 0xff))).toThrow();
    expect(decoder.decode(codec.encoder().encode(new Int16Array(480)))).toHaveLength(480);
    decoder.close();
  });

  it('makes any number at once: who comes too early is silent until the next turn', async () => {
    const codec = await loadOpus();
    const tone = speech({ seed: 4, ms: 20 });
    const encoders = Array.from({ length: 40 }, () => codec.encoder());
    const early = encoders.map((encoder) => encoder.encode(tone).length);
    expect(early.filter((size) => size > 3)).toHaveLength(8);
    const decoders = Array.from({ length: 50 }, () => codec.decoder());
    expect(decoders.every((decoder) => decoder.decode(Uint8Array.of(0xf8, 0xff, 0xfe)).length === 480)).toBe(
      true,
    );
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
    expect(encoders.every((encoder) => encoder.encode(tone).length > 3)).toBe(true);
    for (const coder of [...encoders, ...decoders]) coder.close();
  });

  it('is closed once and for all', async () => {
    const codec = await loadOpus();
    const decoder = codec.decoder();
    const encoder = codec.encoder();
    for (let twice = 0; twice < 2; twice++) {
      decoder.close();
      encoder.close();
    }
    expect(() => decoder.conceal(480)).toThrow('closed');
    expect(() => encoder.encode(new Int16Array(480))).toThrow('closed');
  });
});
