/**
 * The mixer alone: real rooms whose packets are in memory, with no socket, no media worker and no provider. Prints CPU for
 * each room and frame of 20 ms, and what part of it each stage has: `npm run bench -- mixer [--rooms 10] [--participants 4]
 * [--seconds 10]`.
 */
import { parseArgs } from 'node:util';
import { loadOpus } from '@parley/mixer/audio/opus';
import { RtpWriter } from '@parley/mixer/audio/rtp';
import { FakeClock } from '@parley/mixer/testing/FakeClock';
import { ManualFrames } from '@parley/mixer/testing/ManualFrames';
import { type EncodedVoice, faintNoise, loadVoices } from '../tool/voices.ts';
import { MemoryRoom } from './MemoryRoom.ts';
import { machineLine, print, table } from './print.ts';
import { sharesOf, STAGES } from './stages.ts';

const number = (value: string): number => Math.max(1, Number(value));
const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: '10' },
    participants: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '10' },
  },
});
const ROOMS = number(values.rooms);
const PARTICIPANTS = number(values.participants);
const FRAMES = number(values.seconds) * 50;
const ROUNDS = 3;
/** As the load tool's bots are silent: a packet of faint noise, an empty one behind it, and nothing for 380 ms. */
const DTX_FRAMES = 20;
const DTX = Uint8Array.of(0x48);
const NOISE = await faintNoise();

interface Scenario {
  name: string;
  talkers: number;
  assistant: boolean;
}
const IDLE: Scenario = { name: 'idle, DTX', talkers: 0, assistant: false };
const ONE: Scenario = { name: 'one talks', talkers: 1, assistant: false };
const TWO: Scenario = { name: 'two talk', talkers: 2, assistant: false };
const ASSISTANT: Scenario = { name: 'the assistant talks', talkers: 0, assistant: true };
const OVER: Scenario = { name: 'one talks over the assistant', talkers: 1, assistant: true };

/** One participant's packets, as its sender makes them. */
class Sender {
  readonly #writer: RtpWriter;
  readonly #voice: EncodedVoice;
  #at: number;
  /** Frames since something was sent. */
  #silent: number;
  #empty = true;

  constructor(ssrc: number, voice: EncodedVoice) {
    this.#writer = new RtpWriter({ ssrc, payloadType: 111 });
    this.#voice = voice;
    this.#at = ssrc * 37;
    this.#silent = ssrc % DTX_FRAMES;
  }

  next(talks: boolean): Uint8Array | undefined {
    const payload = talks ? this.#voice.packets[this.#at++ % this.#voice.packets.length] : this.#silence();
    if (!payload) {
      this.#silent++;
      return undefined;
    }
    const skippedFrames = this.#silent;
    this.#silent = 0;
    this.#empty = payload === DTX;
    return this.#writer.write(payload, { marker: skippedFrames > 0, skippedFrames });
  }

  #silence(): Uint8Array | undefined {
    if (!this.#empty) return DTX;
    return this.#silent >= DTX_FRAMES - 1 ? NOISE : undefined;
  }
}

const voices = await loadVoices();
const codec = await loadOpus();
const clock = new FakeClock();
const frames = new ManualFrames(clock);
const voiceOf = (index: number): EncodedVoice =>
  voices[index % voices.length] ?? { packets: [], levels: [], pcm: new Int16Array() };
const rooms: MemoryRoom[] = [];
const senders: Sender[][] = [];
for (let index = 0; index < ROOMS; index++) {
  const { pcm } = voiceOf(index + 2);
  rooms.push(
    await MemoryRoom.open({
      codec,
      clock,
      frames,
      participants: PARTICIPANTS,
      voice: pcm,
      at: index * 4_800,
    }),
  );
  senders.push(
    Array.from({ length: PARTICIPANTS }, (_, who) => new Sender(index * 100 + who + 1, voiceOf(who))),
  );
}

type Due = (Uint8Array | undefined)[][];

/** All packets of some frames, made before anything is measured. */
const prepare = (count: number, talkers: number): Due[] =>
  Array.from({ length: count }, () =>
    senders.map((room, index) =>
      room.map((sender, who) =>
        sender.next((who + PARTICIPANTS - (index % PARTICIPANTS)) % PARTICIPANTS < talkers),
      ),
    ),
  );

function play(dues: readonly Due[]): void {
  for (const due of dues) {
    for (const [index, packets] of due.entries()) {
      const lines = rooms[index]?.lines ?? [];
      for (const [who, packet] of packets.entries()) if (packet) lines[who]?.receive(packet);
    }
    frames.turn();
  }
}

async function measure({ name, talkers, assistant }: Scenario) {
  for (const room of rooms) room.assistant.speak(assistant);
  // A turn of the event loop lets coders be made; the compiler settles, and rooms that have nothing to do fall asleep.
  for (let warm = 0; warm < 10; warm++) {
    play(prepare(50, talkers));
    await new Promise((resolve) => setImmediate(resolve));
  }
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const dues = prepare(FRAMES, talkers);
    const before = process.cpuUsage();
    play(dues);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / FRAMES / ROOMS);
  }
  const dues = prepare(FRAMES, talkers);
  const shares = await sharesOf(() => play(dues));
  return { name, micros: best, shares, awake: rooms.filter(({ awake }) => awake).length };
}

const results: ({ scenario: Scenario } & Awaited<ReturnType<typeof measure>>)[] = [];
for (const scenario of [IDLE, ONE, TWO, ASSISTANT, OVER])
  results.push({ scenario, ...(await measure(scenario)) });
for (const room of rooms) room.close();

const microsOf = (wanted: Scenario): number =>
  results.find(({ scenario }) => scenario === wanted)?.micros ?? 0;
/** As the load tool plays: 60 % of the time people talk, two of them for 40 % of that; then the assistant, half of the rest. */
const conversation =
  0.6 * (0.6 * microsOf(ONE) + 0.4 * microsOf(TWO)) + 0.3 * microsOf(ASSISTANT) + 0.1 * microsOf(IDLE);
const figure = (micros: number) => micros.toFixed(1);
const perSecond = (micros: number) => ((micros * 50) / 1000).toFixed(2);
print(
  `Mixer alone: ${ROOMS} rooms of ${PARTICIPANTS}, ${FRAMES / 50} s, best of ${ROUNDS}. ${machineLine()}`,
);
print('CPU in µs for each room and frame, all threads; stages by sampling.\n');
print(
  table(
    ['', 'µs', 'ms/room/s', ...STAGES, 'awake'],
    [
      ...results.map(({ name, micros, shares, awake }) => [
        name,
        figure(micros),
        perSecond(micros),
        ...STAGES.map((stage) => figure(micros * shares[stage])),
        `${awake}/${ROOMS}`,
      ]),
      ['conversation (60 % talk of 1.4, 30 % assistant)', figure(conversation), perSecond(conversation)],
    ],
  ),
);
