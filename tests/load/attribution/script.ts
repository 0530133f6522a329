import { seededRandom } from '@parley/mixer/audio/testing/random';

/** Everybody in a room, by number. */
export const SPEAKERS = 4;

export interface Utterance {
  speaker: number;
  /** All times of a script are ms since its start. */
  fromMs: number;
  toMs: number;
}

/**
 * What happens in a turn. solo: one voice · handover: another one follows in the same breath · overlap: the other one
 * begins before the first has ended · aside: somebody says a word in between · three: three of them, overlapping ·
 * muted: muted by the room in mid-word, and speaking on · muted-over: the same while another one takes over · left: gone
 * in mid-word while another one takes over · joined: comes into the room while another one speaks, and joins in.
 */
export type TurnKind =
  'solo' | 'handover' | 'overlap' | 'aside' | 'three' | 'muted' | 'muted-over' | 'left' | 'joined';

export interface ScriptedTurn extends Omit<Utterance, 'speaker'> {
  kind: TurnKind;
  utterances: Utterance[];
}

export interface ScriptedEvent {
  kind: 'mute' | 'unmute' | 'leave' | 'join';
  speaker: number;
  atMs: number;
}

export interface Script {
  turns: ScriptedTurn[];
  /** By time. */
  events: ScriptedEvent[];
  lengthMs: number;
}

const ORDINARY: TurnKind[] = ['solo', 'solo', 'solo', 'solo', 'handover', 'handover', 'overlap', 'overlap'];
const RARE: TurnKind[] = ['aside', 'three'];
/** Every fifth turn is one of these, in this order: who left joins again before the next one leaves. */
const SPECIAL: TurnKind[] = ['muted-over', 'left', 'joined', 'muted'];
/** Silence between two turns: the provider's detector waits for 500 ms of it. */
const PAUSE_MS = [900, 2_000] as const;
const LEAD_IN_MS = 500;

/** Turns of 1.5 to 5 s with silence between them. The same seed gives the same script. */
export function makeScript(seed: number, turns: number): Script {
  const random = seededRandom(seed);
  const between = (from: number, to: number) => Math.round((from + random() * (to - from)) / 10) * 10;
  const script: Script = { turns: [], events: [], lengthMs: LEAD_IN_MS };
  let absent: number | undefined;
  for (let index = 0; index < turns; index++) {
    const kind =
      index % 5 === 4 ? pick(SPECIAL, (index - 4) / 5) : pick([...ORDINARY, ...RARE], random() * 10);
    const present = shuffled(random).filter((speaker) => speaker !== absent);
    const fromMs = script.lengthMs + between(...PAUSE_MS);
    const { utterances, events } = compose(kind, present, absent, between);
    for (const part of utterances) {
      part.fromMs += fromMs;
      part.toMs += fromMs;
    }
    for (const event of events) {
      event.atMs += fromMs;
      if (event.kind === 'leave') absent = event.speaker;
      if (event.kind === 'join') absent = undefined;
    }
    const toMs = Math.max(...utterances.map((part) => part.toMs));
    script.turns.push({ kind, fromMs, toMs, utterances });
    script.events.push(...events);
    script.lengthMs = toMs;
  }
  return script;
}

/** One turn, from 0 ms on. */
function compose(
  kind: TurnKind,
  [a = 0, b = 1, c = 2]: number[],
  absent: number | undefined,
  between: (from: number, to: number) => number,
): { utterances: Utterance[]; events: ScriptedEvent[] } {
  const says = (speaker: number, fromMs: number, ms: number) => ({ speaker, fromMs, toMs: fromMs + ms });
  const first = says(a, 0, between(1_200, 2_200));
  const middle = Math.round(first.toMs / 20) * 10;
  const over = says(b, middle - 300, between(1_500, 2_200));
  const plain = (...utterances: Utterance[]) => ({ utterances, events: [] });
  switch (kind) {
    case 'solo':
      return plain(says(a, 0, between(1_500, 3_500)));
    case 'handover':
      return plain(first, says(b, first.toMs + between(50, 250), between(1_000, 2_000)));
    case 'overlap':
      return plain(first, says(b, first.toMs - between(300, 900), between(1_200, 2_200)));
    case 'aside':
      return plain(says(a, 0, 3_000), says(b, between(800, 1_800), between(400, 600)));
    case 'three':
      return plain(
        first,
        says(b, first.toMs - between(200, 500), 1_200),
        says(c, first.toMs + 600, between(900, 1_500)),
      );
    case 'muted':
    case 'muted-over':
      return {
        utterances: kind === 'muted' ? [first] : [first, over],
        events: [
          { kind: 'mute', speaker: a, atMs: middle },
          { kind: 'unmute', speaker: a, atMs: first.toMs + 300 },
        ],
      };
    case 'left':
      return { utterances: [first, over], events: [{ kind: 'leave', speaker: a, atMs: middle }] };
    case 'joined':
  }
  const comes = absent ?? c;
  return {
    utterances: [says(a, 0, 3_000), says(comes, 2_000, between(1_800, 2_600))],
    events: [{ kind: 'join', speaker: comes, atMs: 200 }],
  };
}

const pick = (kinds: readonly TurnKind[], at: number): TurnKind =>
  kinds[Math.floor(at) % kinds.length] ?? 'solo';

function shuffled(random: () => number): number[] {
  return Array.from({ length: SPEAKERS }, (_, speaker) => ({ speaker, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ speaker }) => speaker);
}
