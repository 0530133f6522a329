import { RTP_TICKS_PER_FRAME } from '@parley/contract';
import { describe, expect, it } from 'vitest';
import { JitterBuffer, type JitterTake } from './JitterBuffer.ts';
import { opusTicks } from './opusPacket.ts';
import { stream, type Arrival, type StreamOptions } from './testing/stream.ts';

interface Heard {
  atMs: number;
  take: JitterTake;
  /** Of the packet that was heard: how long after it was sent. */
  delayMs?: number;
  index?: number;
}

/** Pulls 20 ms every 20 ms, as a source does, until nothing more can come. */
function listen(arrivals: Arrival[], { quiet = false, jitter = new JitterBuffer(), untilMs = 0 } = {}) {
  const sent = new Map(arrivals.map((arrival) => [arrival.packet, arrival]));
  const heard: Heard[] = [];
  const endMs = Math.max(untilMs, (arrivals.at(-1)?.atMs ?? 0) + 500);
  let next = 0;
  let owedMs = 0;
  for (let atMs = 7; atMs < endMs; atMs += 20) {
    for (let arrival = arrivals[next]; arrival && arrival.atMs <= atMs; arrival = arrivals[++next])
      jitter.put(arrival.packet, arrival.atMs);
    for (owedMs += 20; owedMs > 0;) {
      const take = jitter.take(atMs, quiet);
      const packet = take.kind === 'packet' ? sent.get(take.packet) : undefined;
      heard.push({ atMs, take, ...(packet && { delayMs: atMs - packet.sentMs, index: packet.index }) });
      if (take.kind === 'packet') owedMs -= opusTicks(take.packet.payload) / 48;
      else owedMs = take.kind === 'lost' ? owedMs - take.samples / 24 : 0;
    }
  }
  return { heard, jitter, indices: heard.flatMap(({ index }) => index ?? []) };
}

const listenTo = (options: StreamOptions, how: Parameters<typeof listen>[1] = {}) =>
  listen(stream(options), how);
const count = (heard: Heard[], kind: JitterTake['kind']) =>
  heard.filter(({ take }) => take.kind === kind).length;
const upTo = (end: number, start = 0) => Array.from({ length: end - start }, (_, index) => index + start);
/** The last one says that a pause follows. */
const endsAt = (packets: number) => (index: number) =>
  Uint8Array.of(72, 1, 2, 3).subarray(0, index === packets - 1 ? 1 : 4);
const largest = (values: number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
const delays = (heard: Heard[]) => heard.flatMap(({ delayMs }) => delayMs ?? []);

describe('JitterBuffer on a good line', () => {
  it.each([10, 20, 40, 60])('hears every packet of %i ms once, in order, soon', (packetMs) => {
    const { heard, indices, jitter } = listenTo({ seed: 1, packets: 200, packetMs });
    expect(indices).toEqual(upTo(200));
    expect(jitter.stats).toMatchObject({ received: 200, lost: 0, late: 0, duplicate: 0 });
    expect(largest(delays(heard))).toBeLessThanOrEqual(30 + 20 + 20); // network, target, one pull
    expect(jitter.idle).toBe(true);
  });

  it('puts packets in order and drops repeats', () => {
    const { indices, jitter } = listenTo({ seed: 2, packets: 1_000, jitterMs: 90, duplicates: 0.2 });
    expect(indices).toEqual([...indices].sort((a, b) => a - b));
    expect(new Set(indices).size).toBe(indices.length);
    expect(indices.length).toBeGreaterThan(950);
    expect(jitter.stats.duplicate).toBeGreaterThan(150);
  });

  it('goes over the wrap of sequence and timestamp', () => {
    const { indices, jitter } = listenTo({
      seed: 3,
      packets: 400,
      jitterMs: 30,
      firstSequence: 65_500,
      firstTimestamp: 0xffff_ff00 - 100 * 960,
    });
    expect(indices.slice(20)).toEqual(upTo(400, indices[20] ?? 0));
    expect(jitter.stats.late).toBeLessThan(5);
  });
});

describe('JitterBuffer and loss', () => {
  it('waits for the FEC of the first lost packet, and has that of later ones in time', () => {
    const arrivals = stream({ seed: 4, packets: 90 }).filter(({ index }) => index !== 20 && index !== 60);
    const { heard } = listen(arrivals);
    const after = (index: number) => heard.findIndex((other) => other.index === index) + 1;
    const withNext = (sequenceNumber: number) => ({ kind: 'lost', samples: 480, next: { sequenceNumber } });
    expect(heard[after(19)]?.take).toEqual({ kind: 'lost', samples: 480 });
    expect(heard[after(19) + 1]?.take).toMatchObject(withNext(21));
    expect(heard[after(19) + 2]?.index).toBe(21);
    expect(heard[after(59)]?.take).toMatchObject(withNext(61));
    expect(heard[after(59) + 1]?.index).toBe(61);
    expect(largest(delays(heard))).toBe(30 + 17 + 20);
  });

  it('begins a frame later for half a minute after a loss', () => {
    const talk = (packets: number, startMs: number, firstSequence: number) =>
      stream({
        seed: 4,
        packets,
        startMs,
        firstSequence,
        firstTimestamp: startMs * 48,
        payload: endsAt(packets),
      });
    const arrivals = [...talk(50, 0, 0), ...talk(50, 5_000, 50), ...talk(50, 45_000, 100)];
    const { heard } = listen(arrivals.filter((_, index) => index !== 20));
    const delayAt = (ms: number) => heard.find(({ atMs, delayMs }) => atMs > ms && delayMs)?.delayMs;
    expect([delayAt(0), delayAt(5_000), delayAt(45_000)]).toEqual([47, 67, 47]);
  });

  it('keeps real time through 20 % loss', () => {
    const { heard, indices, jitter } = listenTo({ seed: 5, packets: 3_000, loss: 0.2 });
    const said = heard.slice(heard.findIndex(({ index }) => index !== undefined));
    const lost = 3_000 - indices.length;
    expect(lost).toBeGreaterThan(500);
    expect(Math.abs(count(said, 'lost') - lost)).toBeLessThan(30);
    expect(largest(delays(heard))).toBeLessThan(150);
    expect(jitter.stats.lost).toBeGreaterThan(500);
  });

  it('conceals 100 ms of a line that goes dead, then is silent, then goes on in the present', () => {
    const arrivals = stream({ seed: 6, packets: 500 }).filter(({ index }) => index < 100 || index >= 200);
    const { heard } = listen(arrivals);
    const dead = heard.filter(({ atMs }) => atMs > 2_040 && atMs < 4_000);
    expect(count(dead, 'lost')).toBe(5);
    expect(count(dead, 'silence')).toBeGreaterThan(80);
    expect(delays(heard).at(-1)).toBeLessThan(100);
  });

  it('waits for packets that are only late, and hears them all', () => {
    const arrivals = stream({ seed: 7, packets: 300 });
    for (const arrival of arrivals) if (arrival.index >= 100) arrival.atMs += 60;
    const { indices, heard } = listen(arrivals);
    expect(indices).toEqual(upTo(300));
    expect(count(heard, 'lost')).toBeGreaterThan(0);
  });

  it('conceals once what first seemed late and then proved lost', () => {
    const arrivals = stream({ seed: 21, packets: 200 }).filter(({ index }) => index !== 100);
    for (const arrival of arrivals) if (arrival.index > 100) arrival.atMs += 40;
    const { heard, jitter } = listen(arrivals);
    const around = heard.filter(({ atMs }) => atMs > 1_900 && atMs < 3_900);
    expect(count(around, 'lost')).toBe(3); // 60 ms are missing
    expect(jitter.stats.lost).toBe(1);
  });

  it('returns to the present after the network held everything back for a second', () => {
    const arrivals = stream({ seed: 8, packets: 600 });
    for (const arrival of arrivals)
      if (arrival.index >= 100 && arrival.atMs < 3_100) arrival.atMs = 3_100 + arrival.index / 1e3;
    const { heard } = listen(arrivals);
    const after = heard.filter(({ atMs }) => atMs > 3_200 && atMs < 11_000);
    expect(largest(delays(after))).toBeLessThan(330);
    expect(count(after, 'packet')).toBeGreaterThan(300);
  });
});

describe('JitterBuffer and silence', () => {
  it('does not play silence that waited before a voice that is due', () => {
    const faint = { dbov: -127, voice: false };
    const arrivals = stream({
      seed: 22,
      packets: 40,
      level: (index) => (index < 10 ? faint : { dbov: -20, voice: true }),
    });
    const jitter = new JitterBuffer();
    for (const { packet, atMs } of arrivals.slice(0, 11)) jitter.put(packet, atMs);
    const last = arrivals[10]?.atMs ?? 0;
    // Nobody took anything until now: what is heard first is the last silence, and the voice when it is due.
    expect(jitter.take(last + 5)).toMatchObject({ kind: 'packet', packet: { sequenceNumber: 9 } });
    expect(jitter.take(last + 25)).toMatchObject({ kind: 'packet', packet: { sequenceNumber: 10 } });
    const other = new JitterBuffer();
    for (const { packet, atMs } of arrivals.slice(0, 11)) other.put(packet, atMs);
    expect(other.take(last + 10)).toMatchObject({ kind: 'packet', packet: { sequenceNumber: 10 } });
  });
});

describe('JitterBuffer and time', () => {
  const talkAndPause = (index: number) => index % 250 < 200;
  /** The last packet before a pause says that it is one. */
  const ending = (index: number) => Uint8Array.of(72, 1, 2, 3).subarray(0, index % 250 === 199 ? 1 : 4);

  it.each([
    [-200, 'pauses', true],
    [200, 'pauses', true],
    [-200, 'no pause', false],
    [200, 'no pause', false],
  ])('does not drift in ten minutes: sender %i ppm, %s', (skewPpm, _words, pauses) => {
    const sent = pauses ? talkAndPause : () => true;
    const options = { seed: 9, packets: 30_000, skewPpm, jitterMs: 25, sent };
    const { heard, indices } = listenTo(pauses ? { ...options, payload: ending } : options);
    const total = upTo(30_000).filter(sent).length;
    expect(indices.length).toBeGreaterThan(total * 0.995);
    const later = heard.filter(({ atMs }) => atMs > 10_000);
    expect(largest(delays(later))).toBeLessThan(180);
    expect(count(later, 'lost')).toBeLessThan(total * 0.01);
  });

  it.each([-200, 200])(
    'uses quiet moments of a sender without DTX to stay at its delay (%i ppm)',
    (skewPpm) => {
      const level = () => ({ dbov: -90, voice: false });
      const { heard } = listenTo({ seed: 10, packets: 30_000, skewPpm, level }, { quiet: true });
      expect(largest(delays(heard))).toBeLessThan(110);
      expect(count(heard.slice(0, -30), 'lost')).toBe(0);
    },
  );

  it('follows the jitter up, and down again when it is over', () => {
    const rough = stream({ seed: 11, packets: 1_000, jitterMs: 150, sent: talkAndPause });
    const smooth = stream({
      seed: 12,
      packets: 3_000,
      jitterMs: 0,
      sent: talkAndPause,
      startMs: 20_200,
      firstSequence: 800,
      firstTimestamp: 1_010 * 960,
    });
    const { heard, indices } = listen([...rough, ...smooth].sort((a, b) => a.atMs - b.atMs));
    const middle = heard.filter(({ atMs }) => atMs > 10_000 && atMs < 20_000);
    expect(largest(delays(middle))).toBeGreaterThan(120);
    expect(largest(delays(middle))).toBeLessThan(300);
    expect(largest(delays(heard.slice(-500)))).toBeLessThan(100);
    expect(indices.length).toBeGreaterThan(3_100);
  });

  it('takes a gap in time without a gap in numbers for a pause', () => {
    const { heard, indices } = listenTo({
      seed: 13,
      packets: 300,
      sent: (index) => index < 100 || index >= 200,
    });
    expect(indices).toEqual([...upTo(100), ...upTo(300, 200)]);
    const pause = heard.filter(({ atMs }) => atMs > 2_200 && atMs < 3_900);
    expect(count(pause, 'silence')).toBe(pause.length);
  });

  it('is silent at once after a DTX packet, without concealment', () => {
    const dtx = (index: number) => index === 50;
    const { heard } = listenTo({
      seed: 14,
      packets: 51,
      payload: (index) => (dtx(index) ? Uint8Array.of(72) : Uint8Array.of(72, 1, 2, 3)),
    });
    expect(count(heard, 'lost')).toBe(0);
  });

  it('hears again a sender whose timestamps stood still during a pause', () => {
    const first = stream({ seed: 15, packets: 100 });
    const second = stream({
      seed: 15,
      packets: 100,
      startMs: 9_000,
      firstSequence: 100,
      firstTimestamp: 100 * 960,
    });
    const { heard, indices } = listen([...first, ...second]);
    expect(indices.length).toBe(200);
    expect(delays(heard).at(-1)).toBeLessThan(100);
  });

  it('keeps the present when nobody takes for a while', () => {
    const jitter = new JitterBuffer();
    const arrivals = stream({ seed: 16, packets: 1_000 });
    for (const { packet, atMs } of arrivals.slice(0, 900)) jitter.put(packet, atMs);
    expect(jitter.stats.late).toBe(900 - 64);
    const { heard } = listen(
      arrivals.slice(900).map((arrival) => ({ ...arrival, atMs: arrival.atMs })),
      { jitter },
    );
    expect(delays(heard.slice(-40)).at(-1)).toBeLessThan(200);
  });
});

describe('JitterBuffer and what does not fit', () => {
  it('holds only the last 1.5 s of what comes while nobody takes', () => {
    const jitter = new JitterBuffer();
    const dtx = (index: number) => ({
      payloadType: 111,
      sequenceNumber: index,
      timestamp: index * 20 * RTP_TICKS_PER_FRAME,
      ssrc: 1,
      marker: false,
      payload: Uint8Array.of(0x48),
    });
    for (let index = 0; index < 500; index++) jitter.put(dtx(index), index * 400);
    const taken = Array.from({ length: 20 }, () => jitter.take(200_000)).filter(
      ({ kind }) => kind === 'packet',
    );
    expect(taken.length).toBeLessThanOrEqual(4);
    expect(jitter.stats.late + taken.length).toBe(500);
    expect(jitter.stats.lost).toBe(0);
  });

  it('begins anew with another SSRC', () => {
    const first = stream({ seed: 17, packets: 100 });
    const second = stream({
      seed: 18,
      packets: 100,
      ssrc: 2,
      startMs: 2_000,
      firstSequence: 40_000,
      firstTimestamp: 7,
    });
    const { indices } = listen([...first, ...second]);
    expect(indices.slice(-100)).toEqual(upTo(100));
    expect(indices.length).toBeGreaterThan(195);
  });

  it('ignores one packet with absurd numbers, follows two in a row', () => {
    const arrivals = stream({ seed: 19, packets: 300 });
    const stray = arrivals[100];
    if (stray) stray.packet = { ...stray.packet, sequenceNumber: 30_000, timestamp: 0x8000_0000 };
    for (const arrival of arrivals.slice(200)) {
      const { sequenceNumber, timestamp } = arrival.packet;
      arrival.packet = {
        ...arrival.packet,
        sequenceNumber: sequenceNumber + 20_000,
        timestamp: timestamp + 1e9,
      };
    }
    const { indices } = listen(arrivals);
    expect(indices).toContain(101);
    expect(indices.slice(-95)).toEqual(upTo(300, 205));
  });

  it('stays bounded and calm whatever comes', () => {
    const jitter = new JitterBuffer();
    const arrivals = stream({
      seed: 20,
      packets: 5_000,
      jitterMs: 3_000,
      loss: 0.3,
      duplicates: 0.3,
      payload: (index) => Uint8Array.of(index & 0xff, (index * 7) & 0xff).subarray(0, index % 3),
    });
    const { heard } = listen(arrivals, { jitter });
    const perPull = new Map<number, number>();
    for (const { atMs } of heard) perPull.set(atMs, (perPull.get(atMs) ?? 0) + 1);
    expect(largest([...perPull.values()])).toBeLessThanOrEqual(9); // 20 ms in packets of 2.5 ms
  });
});
