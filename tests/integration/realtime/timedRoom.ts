import { performance } from 'node:perf_hooks';
import {
  type ConversationChange,
  DEFAULT_CONVERSATION,
  FRAME_MS,
  FRAME_SAMPLES,
  newParticipantId,
  type ParticipantId,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { Assistant, type AssistantFact, type AssistantOptions } from '@parley/mixer/room/Assistant';
import { systemClock } from '@parley/mixer/room/systemClock';
import { startSimulator, type SimulatorOptions } from '@parley/simulator/startSimulator';
import { ProviderView } from '../../support/ProviderView.ts';
import { linksTo, speech } from './simulatedRoom.ts';

type FactOf<Type extends AssistantFact['type']> = Extract<AssistantFact, { type: Type }>['data'];

export const anna = newParticipantId();
const NAMES = new Map([[anna, 'Anna']]);
const VOICE = speech(60_000);
const SILENCE = new Int16Array(FRAME_SAMPLES);
const NOBODY: ReadonlySet<ParticipantId> = new Set();

export interface TimedRoomOptions {
  scenario?: Exclude<SimulatorOptions['scenario'], string | undefined>;
  sessionSeconds?: number;
  conversation?: ConversationChange;
  assistant?: Partial<AssistantOptions>;
  /** True: the reply is heard at the pace of life; else as fast as it comes. */
  live?: boolean;
}

/** A room on the clock of the wall: a frame goes in every 20 ms, and as much of the reply comes out. */
export async function openTimedRoom(options: TimedRoomOptions = {}) {
  const start = (port = 0) =>
    startSimulator({
      port,
      inspect: true,
      scenario: { pace: 200, firstOutputMs: 0, transcriptionMs: 10, ...options.scenario },
      sessionSeconds: options.sessionSeconds ?? 3_600,
    });
  let simulator = await start();
  const { url } = simulator;
  const assistant = new Assistant({
    settings: {
      agentName: 'Ada',
      systemPrompt: '',
      voice: 'marin',
      conversation: { ...DEFAULT_CONVERSATION, ...options.conversation },
    },
    connect: linksTo(url),
    clock: systemClock,
    log: silentLog,
    simulated: true,
    provider: 'simulator',
    model: 'gpt-realtime-2.1',
    random: () => 0,
    ...options.assistant,
  });
  const facts: AssistantFact[] = [];
  const notices: string[] = [];
  assistant.events.on('fact', (fact) => facts.push(fact));
  assistant.events.on('notice', (_level, message) => notices.push(message));
  assistant.start();
  await assistant.settled();

  /** What is to be said still, ms, by nobody or by Anna. */
  let script: { ms: number; speaker: ParticipantId | undefined; done: () => void }[] = [];
  const spoken: { startMs: number; endMs: number }[] = [];
  let framesIn = 0;
  let framesHeard = 0;
  const frame = () => {
    const [part] = script;
    const voices = new Map(part?.speaker ? [[part.speaker, -25]] : []);
    const at = (framesIn % 2_000) * FRAME_SAMPLES;
    assistant.pushInput(part?.speaker ? VOICE.slice(at, at + FRAME_SAMPLES) : SILENCE, voices, NAMES);
    framesIn += 1;
    assistant.hear({ speaking: new Set(voices.keys()), echoes: NOBODY, found: NOBODY });
    if (part && (part.ms -= FRAME_MS) <= 0) {
      script = script.slice(1);
      part.done();
    }
    while (assistant.pullOutput()) {
      framesHeard += 1;
      if (options.live) break;
    }
  };
  const beganAt = performance.now();
  const clock = setInterval(() => {
    while (framesIn * FRAME_MS < performance.now() - beganAt) frame();
  }, FRAME_MS / 2);

  const add = (ms: number, speaker?: ParticipantId) =>
    new Promise<void>((done) => script.push({ ms, speaker, done }));
  const data = <Type extends AssistantFact['type']>(wanted: Type) =>
    facts.filter(({ type }) => type === wanted).map((each) => each.data as FactOf<Type>);
  return {
    assistant,
    facts,
    notices,
    spoken,
    provider: new ProviderView(url),
    data,
    /** Milliseconds of replies that came out. */
    get heardMs() {
      return framesHeard * FRAME_MS;
    },
    /** Anna speaks for so long. */
    async say(ms: number) {
      const startMs = assistant.inputMs;
      await add(ms, anna);
      spoken.push({ startMs, endMs: assistant.inputMs });
    },
    /** Nobody does. */
    pause: (ms: number) => add(ms),
    type: (text: string) =>
      assistant.sendText({ id: crypto.randomUUID(), participantId: anna, name: 'Anna', text }),
    async fact<Type extends AssistantFact['type']>(type: Type, count = 1): Promise<FactOf<Type>> {
      for (;;) {
        const found = data(type)[count - 1];
        if (found) return found;
        await new Promise((resolve) => assistant.events.once('fact', resolve));
      }
    },
    /** The provider goes away; and comes back where it was, without a memory. */
    stopProvider: () => simulator.close(),
    async startProvider() {
      simulator = await start(Number(new URL(url).port));
    },
    async close() {
      clearInterval(clock);
      assistant.close();
      await simulator.close();
    },
  };
}
