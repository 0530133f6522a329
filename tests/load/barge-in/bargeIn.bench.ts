import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_CONVERSATION } from '@parley/contract';
import { findClips } from '@parley/simulator/speech/findClips';
import { speak } from '@parley/simulator/speech/utterance';
import { afterAll, beforeAll, test } from 'vitest';
import { rmsDbov } from '../../support/audio/level.ts';
import { RATE, speech } from '../../support/audio/voices.ts';
import { printFalse, printInterrupted } from './print.ts';
import { Provider } from './Provider.ts';
import { Scene, type Recording } from './Scene.ts';
import { type Interrupted, scoreInterrupted } from './score.ts';
import { scoreWhole } from './wholeness.ts';

/** Barge-in as two listeners hear it: `npm run bench:barge-in`. Prints figures; no figure fails it. */

const TRIALS = Number(process.env['BENCH_TRIALS'] ?? 24);
const FALSE_TRIALS = Number(process.env['BENCH_FALSE_TRIALS'] ?? 8);
const MIN_SPEECH_MS = Number(process.env['BENCH_MIN_SPEECH_MS'] ?? DEFAULT_CONVERSATION.bargeIn.minSpeechMs);

/** Ten seconds without a pause in which a cut could not be placed, and without a sound that comes twice. */
const SAY = 'I am counting: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20';
const REPLY = speak(findClips(SAY), 'marin', 1).samples;
/** Into the reply: late enough to find it by what was heard before, early enough for it to go on long after. */
const FIRST_MS = 2_500;
/** The interruptions fall on all parts of a frame and of a report's period. */
const SPREAD_MS = 2_000;
const STEP_MS = 137;
/** Longer than any pause of a reply that is held. */
const OVER_MS = 3_500;

const FALSE_KINDS = [
  { name: 'a cough, 180 ms', ms: 180, transcript: '' },
  { name: '"mm-hm", 600 ms', ms: 600, transcript: 'Mm-hm.' },
] as const;
const falseKind = (trial: number) => FALSE_KINDS[trial % FALSE_KINDS.length] ?? FALSE_KINDS[0];

let scene: Scene;
beforeAll(async () => {
  const falseTurns = Array.from({ length: FALSE_TRIALS }, (_, i) => ({
    transcript: falseKind(i).transcript,
  }));
  const turns = Array.from({ length: TRIALS }, () => ({ transcript: 'Please wait for a moment.' }));
  scene = await Scene.open(
    { turns: [...falseTurns, ...turns], replies: [{ when: {}, reply: { say: SAY } }] },
    { enabled: true, minSpeechMs: MIN_SPEECH_MS },
  );
});
afterAll(() => scene?.close());

/** From the first loud sound on: an onset that is known to the sample. */
async function sharp(): Promise<Int16Array> {
  const said = await speech('anna');
  const window = RATE / 100;
  let from = 0;
  while (rmsDbov(said.subarray(from, from + window)) < -25) from += window;
  return said.subarray(from);
}

const spread = (trial: number) => FIRST_MS + ((trial * STEP_MS) % SPREAD_MS);

test('what is no interruption', async () => {
  const said = await sharp();
  const recordings: Recording[] = [];
  // Browsers stretch the first second that they ever play.
  scene.ask();
  await scene.replyBegins(performance.now());
  await scene.silence(OVER_MS);
  await scene.record();
  for (let trial = 0; trial < FALSE_TRIALS; trial++) {
    const askedMs = performance.now();
    scene.ask();
    await scene.replyBegins(askedMs);
    await delay(spread(trial));
    await scene.speaker.speaker.sayOnce(said.subarray(0, (falseKind(trial).ms * RATE) / 1000));
    await scene.silence(OVER_MS);
    recordings.push(await scene.record());
  }
  const scored = recordings.flatMap(({ ears }, trial) =>
    ears.map(({ samples }) => ({ kind: falseKind(trial).name, ...scoreWhole(samples, REPLY) })),
  );
  printFalse(
    FALSE_KINDS.map(({ name }) => name),
    scored,
  );
});

test('interruptions', async () => {
  const said = (await sharp()).subarray(0, 1.5 * RATE);
  const trials: Interrupted[] = [];
  let sinceMs = performance.now();
  scene.ask();
  for (let trial = 0; trial < TRIALS; trial++) {
    await scene.replyBegins(sinceMs);
    await delay(spread(trial));
    const onsetMs = await scene.speaker.speaker.sayOnce(said);
    // Its answer is the next reply; before that comes what is recorded here.
    await delay(1_600);
    sinceMs = performance.now();
    trials.push({ onsetMs, recording: await scene.record() });
  }
  await scene.silence(OVER_MS);
  const provider = await Provider.look(scene.stack.provider);
  const scored = trials.map((trial) => scoreInterrupted(trial, REPLY, said, provider));
  printInterrupted(scored, MIN_SPEECH_MS);
});
