import {
  type AssistantPhase,
  type ConversationChange,
  DEFAULT_CONVERSATION,
  FRAME_SAMPLES,
  newParticipantId,
  type ParticipantId,
  SAMPLE_RATE,
} from '@parley/contract';
import { createLog } from '@parley/kit/log';
import { loadOpus } from '@parley/mixer/audio/opus';
import { webRtcLinks } from '@parley/mixer/realtime/webRtcLink';
import { webSocketLinks } from '@parley/mixer/realtime/webSocketLink';
import { Assistant, type AssistantFact } from '@parley/mixer/room/Assistant';
import type { ToolDesk } from '@parley/mixer/room/ports';
import { systemClock } from '@parley/mixer/room/systemClock';
import { startSimulator, type SimulatorOptions } from '@parley/simulator/startSimulator';
import { ProviderView } from '../../support/ProviderView.ts';

export type Fact<Type extends AssistantFact['type']> = Extract<AssistantFact, { type: Type }>;
type Scenario = Exclude<SimulatorOptions['scenario'], string | undefined>;

export const anna = newParticipantId();
export const ben = newParticipantId();
const NAMES = new Map([
  [anna, 'Anna'],
  [ben, 'Ben'],
]);
const log = createLog('test', process.env['LOG_LEVEL'] ?? 'silent');

export type Transport = 'websocket' | 'webrtc';
const codec = await loadOpus();

export function linksTo(url: string, transport: Transport = 'websocket') {
  const options = {
    baseUrl: `${url}/v1`,
    apiKey: 'test',
    model: 'gpt-realtime-2.1',
    transcriptionModel: 'gpt-live-transcribe',
    clock: systemClock,
    log,
  };
  return transport === 'webrtc' ? webRtcLinks({ ...options, codec }) : webSocketLinks(options);
}

/** A voice-like wave: loud enough for the provider's detector, `ms` long. */
export const speech = (ms: number) =>
  Int16Array.from(
    { length: (ms * SAMPLE_RATE) / 1000 },
    (_, i) => 8_000 * Math.sin(i / 17) * (0.6 + 0.4 * Math.sin(i / 1_500)),
  );

export interface SimulatedRoomOptions {
  transport?: Transport;
  scenario?: Scenario;
  sessionSeconds?: number;
  desk?: ToolDesk;
  conversation?: ConversationChange;
  people?: number;
  /** The reply is heard as fast as it comes. False: a test pulls itself. */
  listening?: boolean;
}

/** An assistant in a room without devices: the mix is written here, the provider is the simulator. */
export async function openSimulatedRoom(options: SimulatedRoomOptions = {}) {
  const { scenario = {}, sessionSeconds, desk, conversation = {}, people = 1, listening = true } = options;
  const simulator = await startSimulator({
    inspect: true,
    scenario: { pace: 200, firstOutputMs: 0, transcriptionMs: 10, ...scenario },
    ...(sessionSeconds === undefined ? {} : { sessionSeconds }),
  });
  const assistant = new Assistant({
    settings: {
      agentName: 'Ada',
      systemPrompt: 'Be kind.',
      voice: 'marin',
      conversation: { ...DEFAULT_CONVERSATION, ...conversation },
    },
    connect: linksTo(simulator.url, options.transport),
    clock: systemClock,
    log,
    simulated: true,
    provider: 'simulator',
    model: 'gpt-realtime-2.1',
    desk,
    random: () => 0,
  });
  const facts: AssistantFact[] = [];
  const notices: string[] = [];
  assistant.events.on('fact', (fact) => facts.push(fact));
  assistant.events.on('notice', (_level, message) => notices.push(message));
  let listener: NodeJS.Timeout | undefined;
  const listen = () => void (listener ??= setInterval(() => pullAll(assistant), 5));
  if (listening) listen();
  assistant.setPeople(people);
  assistant.start();
  await assistant.settled();

  /** As a room does it: nothing is pushed in of those whom the assistant does not want to hear. */
  const write = (ms: number, speakers: readonly ParticipantId[] = []) => {
    const { admitted } = assistant;
    if (admitted?.size === 0) return;
    const heard = admitted ? speakers.filter((id) => admitted.has(id)) : speakers;
    const pcm = heard.length > 0 ? speech(ms) : new Int16Array((ms * SAMPLE_RATE) / 1000);
    const voices = new Map(heard.map((id) => [id, -25]));
    for (let at = 0; at < pcm.length; at += FRAME_SAMPLES)
      assistant.pushInput(pcm.slice(at, at + FRAME_SAMPLES), voices, NAMES);
  };
  return {
    assistant,
    facts,
    notices,
    provider: new ProviderView(simulator.url),
    write,
    /** Anna speaks, or who is named; then nobody, long enough to end the turn. */
    speak(ms = 1_000, ...speakers: ParticipantId[]) {
      write(ms, speakers.length > 0 ? speakers : [anna]);
      write(1_000);
    },
    /** Anna holds the talk button, or who is named, and speaks. */
    hold(ms = 1_000, ...speakers: ParticipantId[]) {
      const holders = speakers.length > 0 ? speakers : [anna];
      assistant.hold(holders);
      write(ms, holders);
      assistant.hold([]);
    },
    configure: (change: ConversationChange) => assistant.configure({ ...DEFAULT_CONVERSATION, ...change }),
    type: (text: string) =>
      assistant.sendText({ id: crypto.randomUUID(), participantId: anna, name: 'Anna', text }),
    /** From now on everything is heard as fast as it comes. */
    listen,
    async phase(wanted: AssistantPhase): Promise<void> {
      while (assistant.state.phase !== wanted)
        await new Promise((resolve) => assistant.events.once('state', resolve));
    },
    /** The `count`-th fact of a type, as soon as it is there. */
    async fact<Type extends AssistantFact['type']>(type: Type, count = 1): Promise<Fact<Type>['data']> {
      for (;;) {
        const found = facts.filter((fact) => fact.type === type)[count - 1];
        if (found) return found.data as Fact<Type>['data'];
        await new Promise((resolve) => assistant.events.once('fact', resolve));
      }
    },
    async close() {
      clearInterval(listener);
      assistant.close();
      await simulator.close();
    },
  };
}

function pullAll(assistant: Assistant): void {
  while (assistant.pullOutput());
}
