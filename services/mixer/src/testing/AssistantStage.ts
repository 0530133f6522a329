import {
  type ConversationChange,
  type ConversationSettings,
  DEFAULT_CONVERSATION,
  EVENT_DATA,
  type EventData,
  newParticipantId,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { Assistant, type AssistantFact, type AssistantOptions } from '../room/Assistant.ts';
import { FakeClock } from './FakeClock.ts';
import type { FakeLink } from './FakeLink.ts';
import { FakeProvider } from './FakeProvider.ts';

export const anna = newParticipantId();
export const ben = newParticipantId();
const NAMES = new Map([
  [anna, 'Anna'],
  [ben, 'Ben'],
]);
const SPEECH = new Int16Array(480).fill(8_000);
const SILENCE = new Int16Array(480);

export interface StageOptions extends Partial<AssistantOptions> {
  costLimitUsd?: number | null;
  conversation?: ConversationChange;
}

/** An assistant with a provider in memory and a clock that a test turns; what it tells is checked and kept. */
export class AssistantStage {
  readonly clock = new FakeClock();
  readonly provider = new FakeProvider();
  readonly facts: AssistantFact[] = [];
  readonly notices: string[] = [];
  readonly assistant: Assistant;
  readonly conversation: ConversationSettings;

  constructor({ costLimitUsd = null, conversation, ...options }: StageOptions = {}) {
    this.conversation = { ...DEFAULT_CONVERSATION, costLimitUsd, ...conversation };
    this.assistant = new Assistant({
      settings: {
        agentName: 'Ada',
        systemPrompt: '',
        voice: 'cedar',
        conversation: this.conversation,
      },
      connect: this.provider.connect,
      clock: this.clock,
      log: silentLog,
      simulated: true,
      provider: 'fake',
      model: 'gpt-realtime-2.1',
      random: () => 1,
      ...options,
    });
    this.assistant.events.on('fact', (fact) => {
      EVENT_DATA[fact.type].parse(fact.data);
      this.facts.push(fact);
    });
    this.assistant.events.on('notice', (level, message) => this.notices.push(`${level}: ${message}`));
  }

  /** The newest link. */
  get link(): FakeLink {
    return this.provider.link;
  }

  async connected(): Promise<FakeLink> {
    this.assistant.start();
    await this.assistant.settled();
    return this.link;
  }

  /** Turns the clock, and lets what was promised come true. */
  async turn(ms: number): Promise<void> {
    this.clock.turn(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }

  speak(ms: number, id = anna): void {
    for (let i = 0; i < ms / 20; i++) this.assistant.pushInput(SPEECH, new Map([[id, -20]]), NAMES);
  }

  /** Into a reply, as the room notices it. */
  speakOver(ms: number, id = anna): void {
    for (let i = 0; i < ms / 20; i++) {
      this.speak(20, id);
      this.assistant.hear({ speaking: new Set([id]), echoes: new Set(), found: new Set() });
    }
  }

  beSilent(ms: number): void {
    for (let i = 0; i < ms / 20; i++) this.assistant.pushInput(SILENCE, new Map(), NAMES);
  }

  type(text: string, id = anna): void {
    const name = NAMES.get(id) ?? '';
    this.assistant.sendText({ id: crypto.randomUUID(), participantId: id, name, text });
  }

  /** Frames of the reply, heard in an instant. */
  hear(frames = Infinity): number {
    let heard = 0;
    while (heard < frames && this.assistant.pullOutput()) heard += 1;
    return heard;
  }

  /** A question and its answer, heard to the end. */
  exchange(text: string): void {
    this.type(text);
    this.link.deliverAll();
    this.hear();
  }

  data<Type extends AssistantFact['type']>(wanted: Type): EventData<Type>[] {
    return this.facts.filter(({ type }) => type === wanted).map(({ data }) => data as EventData<Type>);
  }

  /** What a link was told as text, in order. */
  told(link: FakeLink): string[] {
    return link.named('createItem').map(([, { role, text }]) => `${role}: ${text}`);
  }
}
