import {
  type ConversationChange,
  DEFAULT_CONVERSATION,
  EVENT_DATA,
  newParticipantId,
  type ParticipantId,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { Assistant, type AssistantFact } from '../room/Assistant.ts';
import { FakeClock } from './FakeClock.ts';
import { FakeProvider } from './FakeProvider.ts';

export const anna = newParticipantId();
export const ben = newParticipantId();
const NAMES = new Map([
  [anna, 'Anna'],
  [ben, 'Ben'],
]);
const SPEECH = new Int16Array(480).fill(8_000);
const SILENCE = new Int16Array(480);

export type AssistantWorld = ReturnType<typeof assistantWorld>;

/** An assistant in a room of Anna and Ben, with a provider in memory and a clock to be turned by hand. */
export function assistantWorld(change: ConversationChange = {}) {
  const clock = new FakeClock();
  const provider = new FakeProvider();
  const facts: AssistantFact[] = [];
  const notices: string[] = [];
  const settings = (wanted: ConversationChange) => ({ ...DEFAULT_CONVERSATION, ...wanted });
  const assistant = new Assistant({
    settings: { agentName: 'Parley', systemPrompt: '', voice: 'cedar', conversation: settings(change) },
    connect: provider.connect,
    clock,
    log: silentLog,
    simulated: true,
    provider: 'fake',
    model: 'gpt-fake',
    random: () => 1,
  });
  assistant.setPeople(2);
  assistant.events.on('fact', (fact) =>
    facts.push({ ...fact, data: EVENT_DATA[fact.type].parse(fact.data) } as never),
  );
  assistant.events.on('notice', (_level, message) => notices.push(message));

  /** As a room does it: what the assistant does not want to hear is not pushed in. */
  const push = (frame: Int16Array, speakers: readonly ParticipantId[], ms: number) => {
    for (let passed = 0; passed < ms; passed += 20) {
      const { admitted } = assistant;
      const heard = admitted ? speakers.filter((id) => admitted.has(id)) : speakers;
      const voices = new Map(heard.map((id) => [id, -20]));
      if (!admitted || admitted.size > 0)
        assistant.pushInput(heard.length > 0 ? frame : SILENCE, voices, NAMES);
      clock.turn(20);
    }
  };
  const world = {
    clock,
    provider,
    assistant,
    facts,
    notices,
    get link() {
      return provider.link;
    },
    configure: (wanted: ConversationChange) => assistant.configure(settings(wanted)),
    async connected() {
      assistant.start();
      await assistant.settled();
      return provider.link;
    },
    speak: (ms: number, ...speakers: ParticipantId[]) =>
      push(SPEECH, speakers.length > 0 ? speakers : [anna], ms),
    beSilent: (ms: number) => push(SILENCE, [], ms),
    /** A whole turn that the provider found itself. */
    say(words: string, ...speakers: ParticipantId[]) {
      provider.link.transcript = words;
      world.speak(800, ...speakers);
      world.beSilent(600);
      provider.link.deliverAll();
    },
    /** A whole turn of the button. */
    hold(ms: number, ...speakers: ParticipantId[]) {
      assistant.hold(speakers.length > 0 ? speakers : [anna]);
      world.speak(ms, ...speakers);
      assistant.hold([]);
      world.beSilent(300);
    },
    type: (text: string) => assistant.sendText({ id: text, participantId: ben, name: 'Ben', text }),
    pullAll() {
      let frames = 0;
      while (assistant.pullOutput()) frames += 1;
      return frames;
    },
    ofType: <Type extends AssistantFact['type']>(type: Type) =>
      facts
        .filter((fact): fact is Extract<AssistantFact, { type: Type }> => fact.type === type)
        .map(({ data }) => data as Extract<AssistantFact, { type: Type }>['data']),
    /** What the provider was asked, audio left out. */
    asked: () => provider.link.calls.map(([name]) => name),
  };
  return world;
}
