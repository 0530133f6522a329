/**
 * What one frame of 20 ms costs the mixer, in microseconds of CPU: `node tests/load/audio-bench.ts [seconds of speech]`.
 * The speech is made up, so that the bench needs no files; libopus takes it for a voice.
 */
import type { Codec } from '@parley/mixer/audio/codec';
import { FrameClock } from '@parley/mixer/audio/FrameClock';
import { InputTimeline } from '@parley/mixer/audio/InputTimeline';
import { Limiter } from '@parley/mixer/audio/Limiter';
import { levelDbov } from '@parley/mixer/audio/level';
import { Mixer } from '@parley/mixer/audio/Mixer';
import { loadOpus } from '@parley/mixer/audio/opus';
import { readRtp, RtpWriter } from '@parley/mixer/audio/rtp';
import { Source } from '@parley/mixer/audio/Source';
import { LEVEL_ID, rtpBytes } from '@parley/mixer/audio/testing/rtpBytes';
import { speech } from '@parley/mixer/audio/testing/speech';
import { newParticipantId } from '@parley/contract';

const SECONDS = Number(process.argv[2] ?? 60);
const FRAMES = SECONDS * 50;

/** CPU of this process (all its threads: the garbage collector counts) per frame, the best of three rounds. */
function measure(work: (frame: number) => void): number {
  for (let frame = 0; frame < Math.min(FRAMES, 500); frame++) work(frame); // lets the compiler settle
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    for (let frame = 0; frame < FRAMES; frame++) work(frame);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / FRAMES);
  }
  return best;
}

interface Sent {
  payload: Uint8Array;
  pcm: Int16Array;
}

function encodeAll(codec: Codec, said: Int16Array): Sent[] {
  const encoder = codec.encoder();
  const sent = Array.from({ length: FRAMES }, (_, frame) => {
    const pcm = said.subarray(frame * 480, (frame + 1) * 480);
    return { payload: Uint8Array.from(encoder.encode(pcm)), pcm };
  });
  encoder.close();
  return sent;
}

/** A source that gets one packet and gives one frame each time; `level` as its sender reports it. */
function sourceRun(
  codec: Codec,
  sent: Sent[],
  level: { dbov: number; voice: boolean },
): (frame: number) => void {
  const source = new Source({ codec, levelExtensionId: LEVEL_ID });
  let count = 0;
  return (frame) => {
    const packet = {
      payloadType: 100,
      sequenceNumber: count & 0xffff,
      timestamp: (count * 960) >>> 0,
      ssrc: 1,
      marker: false,
      level,
      payload: sent[frame]?.payload ?? new Uint8Array(),
    };
    source.receive(rtpBytes(packet), count * 20);
    source.pull(count * 20);
    count++;
  };
}

const codec = await loadOpus();
const said = speech({ seed: 1, ms: SECONDS * 1000, amplitude: 0.2 });
const sent = encodeAll(codec, said);
const at = (frame: number): Sent =>
  sent[frame % FRAMES] ?? { payload: new Uint8Array(), pcm: new Int16Array(480) };

const decoder = codec.decoder();
const encoder = codec.encoder();
const writer = new RtpWriter({ ssrc: 1, payloadType: 100 });
const wire = rtpBytes({
  payloadType: 100,
  sequenceNumber: 1,
  timestamp: 1,
  ssrc: 1,
  marker: false,
  level: { dbov: -20, voice: true },
  payload: at(50).payload,
});
const mixer = new Mixer();
const limiter = new Limiter();
const loud = Int32Array.from(at(50).pcm, (sample) => sample * 8);
const limited = new Int16Array(480);
const timeline = new InputTimeline();
const voices = new Map(Array.from({ length: 4 }, () => [newParticipantId(), -30] as const));

const rows: [string, number][] = [
  ['read an RTP packet', measure(() => readRtp(wire, LEVEL_ID))],
  ['decode', measure((frame) => decoder.decode(at(frame).payload))],
  ['conceal', measure(() => decoder.conceal(480))],
  [
    'jitter buffer + decode (and making the packet)',
    measure(sourceRun(codec, sent, { dbov: -20, voice: true })),
  ],
  ['the same, silent by its level', measure(sourceRun(codec, sent, { dbov: -90, voice: false }))],
  ['level of a frame', measure((frame) => levelDbov(at(frame).pcm))],
  [
    'mix of 4',
    measure((frame) => mixer.mix([at(frame).pcm, at(frame + 7).pcm, at(frame + 31).pcm, at(frame + 77).pcm])),
  ],
  ['limiter at work', measure(() => limiter.process(loud, limited))],
  ['timeline of 4', measure(() => timeline.advance(voices))],
  ['encode', measure((frame) => encoder.encode(at(frame).pcm))],
  ['write an RTP packet', measure((frame) => writer.write(at(frame).payload, { marker: false }))],
];

const clock = new FrameClock();
const lateness = await new Promise<string>((resolve) => {
  const removes = Array.from({ length: 100 }, () => clock.add(() => decoder.conceal(480)));
  removes.push(
    clock.add(() => {
      if (clock.stats.ticks < 100 * 250) return;
      for (const remove of removes) remove();
      const { latenessP50Ms, latenessP99Ms, skipped } = clock.stats;
      resolve(`p50 ${latenessP50Ms} ms, p99 ${latenessP99Ms} ms, ${skipped} skipped`);
    }),
  );
});

const table = rows.map(([name, micros]) => `| ${name.padEnd(48)} | ${micros.toFixed(1).padStart(6)} |`);
process.stdout.write(
  [
    `| ${'per frame of 20 ms'.padEnd(48)} | µs CPU |`,
    `| ${'-'.repeat(48)} | -----: |`,
    ...table,
    '',
    `FrameClock with 100 ticks that each conceal a frame, 5 s: late by ${lateness}`,
    '',
  ].join('\n'),
);
