import { describe, expect, it } from 'vitest';
import { hasFec } from './opusPacket.ts';
import type { RtpPacket } from './rtp.ts';
import { bestMatch, hardestEdge, largestStep, seconds } from './testing/compare.ts';
import { seededRandom } from './testing/random.ts';
import { rtpBytes } from './testing/rtpBytes.ts';
import { mute, speech } from './testing/speech.ts';
import { listen, newSource, sendSpeech, withDtx } from './testing/talk.ts';

describe('Source on a good line', () => {
  it.each([10, 20, 40, 60])('plays speech in packets of %i ms whole, 20 ms per pull', (packetMs) => {
    const said = speech({ seed: 1, ms: 3_000 });
    const { heard, source } = listen(sendSpeech(said, { packetMs }));
    const { correlation, lag } = bestMatch(seconds(said, 0.5, 1.5), seconds(heard, 0.5, 2), 4_800);
    expect(correlation).toBeGreaterThan(0.93);
    expect(lag / 24).toBeLessThan(packetMs === 10 ? 110 : 100);
    expect(source.stats).toMatchObject({ lost: 0, late: 0, malformed: 0, recovered: 0 });
    expect(source.levelDbov).toBe(-127);
    source.close();
  });

  it.each([-2_000, 2_000])('stays in time with a clock that is wrong by %i ppm', (skewPpm) => {
    const said = speech({ seed: 2, ms: 30_000 });
    for (let ms = 4_000; ms < 30_000; ms += 5_000) mute(said, ms, ms + 1_000);
    const { heard, source } = listen(sendSpeech(said, { skewPpm, jitterMs: 20, codec: withDtx }));
    const lagMs = (second: number) => {
      const sent = second / (1 + skewPpm / 1e6); // in our seconds
      const ours = heard.subarray(Math.round(sent * 24_000));
      return bestMatch(seconds(said, second, second + 0.2), ours.subarray(0, 9_600), 4_800).lag / 24;
    };
    for (const second of [1, 27]) expect(lagMs(second)).toBeLessThan(130);
    expect(Math.abs(lagMs(27) - lagMs(1))).toBeLessThan(45); // 54 ms, if nobody took care
    source.close();
  });
});

describe('Source and loss', () => {
  it('recovers single losses from FEC and conceals the rest', () => {
    const said = speech({ seed: 3, ms: 6_000 });
    const arrivals = sendSpeech(said);
    const kept = arrivals.filter(({ index }) => index % 9 !== 4);
    const lost = arrivals.filter(({ index }) => index % 9 === 4);
    const recoverable = lost.filter(({ index }) =>
      hasFec(arrivals.find((arrival) => arrival.index === index + 1)?.packet.payload ?? new Uint8Array()),
    );
    const whole = listen(arrivals);
    const mended = listen(kept);
    expect(mended.source.stats.recovered).toBe(recoverable.length);
    expect(recoverable.length).toBeGreaterThan(20);
    expect(mended.source.stats.concealed).toBe(lost.length + 1 + 5); // the first was waited for; the end nobody announced
    // A frame later since the first loss: the next packet's FEC has the time to come.
    const { correlation, lag } = bestMatch(
      seconds(whole.heard, 0.5, 5.5),
      seconds(mended.heard, 0.5, 5.6),
      960,
    );
    expect(correlation).toBeGreaterThan(0.9);
    expect(lag).toBe(480);
  });

  it('leaves no holes and no clicks in 10 % loss, disorder and repeats', () => {
    const said = speech({ seed: 4, ms: 20_000 });
    const clean = listen(sendSpeech(said));
    const rough = listen(sendSpeech(said, { loss: 0.1, duplicates: 0.1, jitterMs: 45, seed: 5 }));
    const spoken = rough.silent.slice(20, 950);
    expect(spoken.filter(Boolean).length).toBe(0);
    expect(largestStep(rough.heard)).toBeLessThan(largestStep(clean.heard) * 1.8);
    expect(rough.source.stats.duplicate).toBeGreaterThan(50);
    expect(rough.source.stats.recovered).toBeGreaterThan(30);
  });

  it('fades out within 100 ms when the line goes dead in the middle of a word', () => {
    const said = speech({ seed: 6, ms: 3_000 });
    const { heard, silent, source } = listen(
      sendSpeech(said).filter(({ index }) => index < 60),
      { untilMs: 3_000 },
    );
    const ended = silent.lastIndexOf(false);
    expect(ended * 20).toBeLessThan(60 * 20 + 30 + 60 + 120);
    expect(silent.slice(ended + 1).every(Boolean)).toBe(true);
    expect(hardestEdge(heard, silent)).toBeLessThan(200);
    expect(largestStep(heard.subarray((ended - 5) * 480))).toBeLessThan(5_000);
    expect(source.levelDbov).toBe(-127);
  });
});

describe('Source and its owner', () => {
  it('fades out at once when muted, drops what comes, and comes back in the present', () => {
    const said = speech({ seed: 10, ms: 6_000 });
    const source = newSource();
    const { heard, silent } = listen(sendSpeech(said, { packetMs: 60 }), {
      source,
      each: (atMs) => (source.muted = atMs > 2_000 && atMs < 4_000),
    });
    const mutedFrames = silent.slice(102, 200);
    expect(mutedFrames.every(Boolean)).toBe(true);
    expect(largestStep(heard)).toBeLessThan(largestStep(said) * 1.5);
    expect(hardestEdge(heard, silent)).toBeLessThan(200);
    expect(bestMatch(seconds(said, 5, 5.5), seconds(heard, 5, 6), 6_000).correlation).toBeGreaterThan(0.85);
    expect(source.stats.lost).toBe(0);
  });

  it('follows another SSRC with another decoder, without a click', () => {
    const first = speech({ seed: 11, ms: 2_000 });
    const second = speech({ seed: 12, ms: 2_000 });
    const { heard } = listen([
      ...sendSpeech(first),
      ...sendSpeech(second, { ssrc: 99, firstSequence: 5_000, firstTimestamp: 77, startMs: 2_000 }),
    ]);
    expect(bestMatch(seconds(second, 1, 1.5), seconds(heard, 3, 4), 4_800).correlation).toBeGreaterThan(0.9);
    expect(largestStep(heard)).toBeLessThan(Math.max(largestStep(first), largestStep(second)) * 1.3);
  });

  it('closes with a short fade, twice, and then ignores everything', () => {
    const source = newSource();
    const said = speech({ seed: 13, ms: 2_000 });
    const arrivals = sendSpeech(said);
    const { heard, silent } = listen(arrivals, {
      source,
      each: (atMs) => {
        if (atMs > 1_000) source.close();
      },
    });
    expect(silent.slice(52).every(Boolean)).toBe(true);
    expect(hardestEdge(heard, silent)).toBeLessThan(200);
    expect(largestStep(heard)).toBeLessThan(largestStep(said) * 1.3);
    source.receive(rtpBytes(arrivals[0]?.packet ?? nothing), 5_000);
    expect(source.pull(5_000)).toBeUndefined();
  });
});

const nothing: RtpPacket = {
  payloadType: 0,
  sequenceNumber: 0,
  timestamp: 0,
  ssrc: 0,
  marker: false,
  payload: new Uint8Array(),
};

describe('Source and malformed input', () => {
  it('never throws, counts, and hears the next good sender', async () => {
    const random = seededRandom(14);
    const source = newSource();
    for (let frame = 0; frame < 3_000; frame++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256));
      if (bytes.length > 0) bytes[0] = 0x80 | ((bytes[0] ?? 0) & 0x3f);
      source.receive(bytes, frame * 20);
      const pulled = source.pull(frame * 20);
      expect(pulled?.length ?? 480).toBe(480);
      await Promise.resolve(); // each packet of another SSRC takes a decoder, and the codec has to make more
    }
    expect(source.stats.malformed).toBeGreaterThan(1_000);
    const said = speech({ seed: 15, ms: 2_000 });
    const shifted = sendSpeech(said, { startMs: 61_000, ssrc: 5 });
    const { heard } = listen(shifted, { source });
    expect(bestMatch(seconds(said, 1, 1.5), seconds(heard, 62, 63), 4_800).correlation).toBeGreaterThan(0.9);
  });

  it('conceals packets whose payload is corrupt', () => {
    const said = speech({ seed: 16, ms: 4_000 });
    const random = seededRandom(17);
    const arrivals = sendSpeech(said);
    for (const { packet, index } of arrivals)
      if (index % 10 === 5)
        for (let i = 1; i < packet.payload.length; i++) packet.payload[i] = random() * 256;
    for (const arrival of arrivals)
      if (arrival.index % 10 === 7)
        arrival.packet = { ...arrival.packet, payload: Uint8Array.of(0x4b, 0x41, 200) };
    const { silent, source } = listen(arrivals);
    expect(silent.slice(10, 190).some(Boolean)).toBe(false);
    expect(source.stats.malformed).toBeGreaterThan(15);
  });
});
