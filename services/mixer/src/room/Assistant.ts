import { EventEmitter } from 'node:events';
import type { AssistantState, EventData, ParticipantId, SessionSettings } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Clock, LinkFactory, ToolDefinition } from './ports.ts';

type FactType =
  | 'assistant:connected'
  | 'assistant:disconnected'
  | 'turn:completed'
  | 'text:sent'
  | 'reply:completed'
  | 'tool:called'
  | 'usage:recorded'
  | 'error:raised';

/** A durable fact that the assistant saw; the room gives it its session and its ID. */
export type AssistantFact = { [Type in FactType]: { type: Type; data: EventData<Type> } }[FactType];

export interface AssistantEvents {
  state: [state: AssistantState];
  fact: [fact: AssistantFact];
  delta: [{ itemId: string; role: 'user' | 'assistant'; delta: string }];
  playout: [{ itemId: string; playedMs: number; queuedMs: number }];
  notice: [level: 'info' | 'warning' | 'error', message: string];
}

export interface AssistantOptions {
  settings: Pick<SessionSettings, 'agentName' | 'systemPrompt' | 'voice'>;
  connect: LinkFactory;
  clock: Clock;
  log: Log;
  simulated: boolean;
  /** Who speaks the protocol, for the record: `openai`, `simulator` or a host name. */
  provider: string;
  model: string;
  /** What the room can do for the model; a call of anything else is answered at once. */
  tools?: readonly ToolDefinition[];
  /** 0…1, for the jitter between attempts to connect. */
  random?: () => number;
}

/** The AI voice of one room. */
export class Assistant {
  readonly events = new EventEmitter<AssistantEvents>();
  readonly #options: AssistantOptions;

  constructor(options: AssistantOptions) {
    this.#options = options;
  }

  get state(): AssistantState {
    return { phase: 'connecting', simulated: this.#options.simulated, message: null };
  }

  /** Milliseconds of audio pushed so far: the room's input clock, which turns are placed on. */
  get inputMs(): number {
    return 0;
  }

  get hasOutput(): boolean {
    return false;
  }

  start(): void {}

  /** Resolves once the first attempt to connect has come to an end, good or bad. */
  settled(): Promise<AssistantState> {
    return Promise.resolve(this.state);
  }

  /** One 20 ms frame of the mix, with the level in dBov of every voice in it. The frame is not kept. */
  pushInput(
    _frame: Int16Array,
    _voices: ReadonlyMap<ParticipantId, number>,
    _names: ReadonlyMap<ParticipantId, string>,
  ): void {}

  /** The next 20 ms of the reply, or undefined when there is none now. */
  pullOutput(): Int16Array | undefined {
    return undefined;
  }

  /** Typed text. The same `id` of the same participant is taken once. */
  sendText(_text: { id: string; participantId: ParticipantId; name: string; text: string }): void {}

  sendToolOutput(_callId: string, _output: string): void {}

  close(): void {}
}
