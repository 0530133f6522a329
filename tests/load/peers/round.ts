import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Scope } from '@parley/kit/scope';
import { Pace } from '../tool/Pace.ts';
import type { Usage } from '../tool/processes.ts';
import { quantile } from '../tool/quantile.ts';
import { CYCLE_MS, offsetMs, TALK_MS } from '../tool/script.ts';
import { Talk } from '../tool/Talk.ts';
import type { EncodedVoice } from '../tool/voices.ts';
import type { Contender, ContenderRoom } from './Contender.ts';
import type { Heard, Quiet, Round } from './figures.ts';
import { Listening } from './Listening.ts';
import type { PeerOptions } from './options.ts';

const EMPTY_MS = 5_000;
const SILENT_MS = 8_000;
/** After rooms or people have come, before anything is measured. */
const SETTLE_MS = 3_000;
/** The assistant is given its turn so long after the people's. */
const ANSWER_AFTER_MS = 500;
/** Rooms in which everybody's sound is kept and listened to afterwards. */
const PROBES = 8;

export interface Run {
  options: PeerOptions;
  voices: readonly EncodedVoice[];
  signal: AbortSignal;
  say: (text: string) => void;
}

/** One round of one system: rooms are opened, people are silent in them (where `withQuiet`), then they talk. */
export async function playRound(contender: Contender, withQuiet: boolean, run: Run): Promise<Round> {
  const scope = new Scope();
  try {
    return await play(contender, withQuiet, run, scope);
  } finally {
    await scope.close();
  }
}

async function play(contender: Contender, withQuiet: boolean, run: Run, scope: Scope): Promise<Round> {
  const { options, signal, say } = run;
  const { rooms: count } = options;
  const began = await contender.usage();
  const quiet = withQuiet ? await withoutPeople(contender, run) : undefined;

  const rooms: ContenderRoom[] = [];
  for (let index = 0; index < count; index++) {
    rooms.push(scope.own(await contender.openRoom(index, options.participants)));
    say(`\r${contender.name}: ${rooms.length} of ${count} rooms `);
    signal.throwIfAborted();
  }
  // Closed before the rooms: nothing is sent by a bot that is gone.
  const pace = scope.own(new Pace());
  const talks = rooms.map((room, index) => talk(pace, room, offsetMs(index, count), run));
  if (quiet) {
    for (const talk of talks) talk.silent = true;
    say(`\r${contender.name}: silence in ${count} rooms `);
    await delay(SETTLE_MS, undefined, { signal });
    quiet.silentRooms = (await cpuFor(contender, SILENT_MS, signal)) / count;
    for (const talk of talks) talk.silent = false;
  }

  say(`\r${contender.name}: ${options.seconds} s of talk in ${count} rooms `);
  const listenings = rooms.slice(0, PROBES).map(({ bots }) => bots.map(listen));
  await delay(SETTLE_MS, undefined, { signal });
  for (const { bots } of rooms) for (const { reception } of bots) reception.restart();
  pace.lateMs.length = 0;
  const [before, sinceMs] = [await contender.usage(), performance.now()];
  const speaking = await watch(contender, rooms.length, run);
  const [after, spentMs] = [await contender.usage(), performance.now() - sinceMs];
  const botsLateP99 = quantile(pace.lateMs, 0.99) ?? 0;
  pace.close();
  const round: Round = {
    loadAverage: loadavg()[0] ?? 0,
    talkCpu: cpuMs(before, after, spentMs) / count,
    rssPerRoom: (after.rss - began.rss) / 2 ** 20 / count,
    joinMs: rooms.flatMap(({ joinMs }) => joinMs),
    heard: heardIn(rooms),
    micToEar: { usual: [], hurried: [] },
    missed: 0,
    speaking,
    botsLateP99,
    ...(quiet && { quiet }),
  };
  for (const [index, ears] of listenings.entries()) {
    for (const { atMs, voice, bot } of talks[index]?.begun ?? []) {
      if (atMs < sinceMs || atMs > sinceMs + spentMs - 2_000) continue;
      const ms = await ears[(bot + 1) % ears.length]?.delayOf(voice.pcm, atMs);
      if (ms === undefined) round.missed += 1;
      else round.micToEar[rooms[index]?.hurried ? 'hurried' : 'usual'].push(ms);
    }
  }
  say('\n');
  return round;
}

/** ms of CPU in a second. */
const cpuMs = (before: Usage, after: Usage, ms: number): number =>
  ((after.cpu - before.cpu) * 1e6) / Math.max(1, ms);

async function cpuFor(contender: Contender, ms: number, signal: AbortSignal): Promise<number> {
  const [before, sinceMs] = [await contender.usage(), performance.now()];
  await delay(ms, undefined, { signal });
  return cpuMs(before, await contender.usage(), performance.now() - sinceMs);
}

async function withoutPeople(contender: Contender, { options, signal, say }: Run): Promise<Quiet> {
  say(`\r${contender.name}: no room `);
  const alone = await cpuFor(contender, EMPTY_MS, signal);
  say(`\r${contender.name}: ${options.rooms} empty rooms `);
  const empty = await contender.openEmpty(options.rooms);
  try {
    const emptyRooms = (await cpuFor(contender, EMPTY_MS, signal)) / options.rooms;
    return { process: alone, emptyRooms, silentRooms: 0 };
  } finally {
    await empty.close();
  }
}

/** Lets a room's people talk by the script, and tells it when it is the assistant's turn. */
function talk(pace: Pace, room: ContenderRoom, fromMs: number, { voices, options }: Run): Talk {
  const talk = new Talk(room.bots, voices, options.talkers, fromMs);
  const answerMs = TALK_MS + ANSWER_AFTER_MS;
  let frame = Math.round(fromMs / 20);
  pace.add((nowMs) => {
    talk.tick(nowMs);
    if ((frame++ * 20) % CYCLE_MS === answerMs && !talk.silent) room.answer();
  });
  return talk;
}

function listen(bot: ContenderRoom['bots'][number]): Listening {
  const listening = new Listening();
  bot.onPacket = (packet, nowMs) => listening.take(packet, nowMs);
  return listening;
}

/** Lets time pass. Returns the part of it in which assistants spoke. */
async function watch(contender: Contender, rooms: number, { options, signal }: Run): Promise<number> {
  const shares: number[] = [];
  const endMs = performance.now() + options.seconds * 1000;
  for (let left = options.seconds * 1000; left > 0; left = endMs - performance.now()) {
    await delay(Math.min(1_000, left), undefined, { signal });
    shares.push((await contender.speaking()) / rooms);
  }
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function heardIn(rooms: readonly ContenderRoom[]): Heard {
  const all = rooms.flatMap(({ bots }) => bots.map(({ reception }) => reception.received));
  const total = (key: 'packets' | 'lost' | 'gaps') => all.reduce((sum, received) => sum + received[key], 0);
  return {
    packets: total('packets'),
    lost: total('lost'),
    gaps: total('gaps'),
    rates: all.flatMap(({ rate }) => rate ?? []),
  };
}
