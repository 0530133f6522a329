import { EventEmitter } from 'node:events';
import type { AssistantState, ConversationSettings, ParticipantId, Role } from '@parley/contract';
import type { AssistantEvents } from '../room/Assistant.ts';
import { type CostView, Spending } from '../room/CostMeter.ts';
import type { PlayoutReport } from '../room/HeardPosition.ts';
import type { Moment } from '../room/seam.ts';
import type { RoomAssistant } from '../room/roomPorts.ts';

/** An assistant without a provider: keeps what it hears, says the frames that a test gives it. */
export class FakeAssistant implements RoomAssistant {
  readonly events = new EventEmitter<AssistantEvents>();
  readonly heard: { frame: Int16Array; voices: Map<ParticipantId, number> }[] = [];
  readonly texts: { id: string; participantId: ParticipantId; name: string; text: string }[] = [];
  readonly speaking: ParticipantId[][] = [];
  readonly sentAt: number[] = [];
  readonly reports: [ParticipantId, PlayoutReport][] = [];
  readonly output: Int16Array[] = [];
  state: AssistantState = { phase: 'listening', simulated: true, message: null };
  readonly configured: ConversationSettings[] = [];
  admitted: ReadonlySet<ParticipantId> | undefined;
  holders: readonly ParticipantId[] = [];
  people = 0;
  readonly met = new Map<ParticipantId, Role>();
  cost: CostView = { spentUsd: 0, limitUsd: null, tokens: new Spending().tokens, participants: [] };
  moment: Moment = { quietMs: Infinity, turnOpen: false, answering: false, playing: false };
  started = false;
  closed = false;
  #owes = false;

  get queuedMs(): number {
    return this.output.length * 20;
  }

  get hasOutput(): boolean {
    return this.output.length > 0;
  }

  start(): void {
    this.started = true;
  }

  async settled(): Promise<AssistantState> {
    return this.state;
  }

  become(state: Partial<AssistantState>): void {
    this.state = { ...this.state, ...state };
    this.events.emit('state', this.state);
  }

  pushInput(frame: Int16Array, voices: ReadonlyMap<ParticipantId, number>): void {
    this.heard.push({ frame: frame.slice(), voices: new Map(voices) });
  }

  hear({ speaking }: { speaking: ReadonlySet<ParticipantId> }): void {
    this.speaking.push([...speaking]);
  }

  sent(rtpTimestamp: number): void {
    this.sentAt.push(rtpTimestamp);
  }

  reported(device: ParticipantId, report: PlayoutReport): void {
    this.reports.push([device, report]);
  }

  pullOutput(): Int16Array | undefined {
    return this.output.shift();
  }

  sendText(text: { id: string; participantId: ParticipantId; name: string; text: string }): void {
    this.texts.push(text);
  }

  configure(conversation: ConversationSettings): void {
    this.configured.push(conversation);
  }

  hold(holders: readonly ParticipantId[]): void {
    this.holders = holders;
  }

  meet(id: ParticipantId, role: Role): void {
    this.met.set(id, role);
  }

  setPeople(count: number): void {
    this.people = count;
  }

  /** It has something open, which comes to its end on record when it is closed. */
  sayAtClose(): void {
    this.#owes = true;
  }

  close(): void {
    this.closed = true;
    const data = { source: 'mixer', code: 'cut', message: 'The last words.' } as const;
    if (this.#owes) this.events.emit('fact', { type: 'error:raised', data });
  }

  /** Everything heard, in one piece. */
  recording(): Int16Array {
    const pcm = new Int16Array(this.heard.length * 480);
    this.heard.forEach(({ frame }, index) => pcm.set(frame, index * 480));
    return pcm;
  }
}
