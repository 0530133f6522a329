import { EventEmitter } from 'node:events';
import { FRAME_MS, SAMPLE_RATE } from '@parley/contract';
import type { Aside, LinkChange, LinkClosed, LinkEvents, LinkItem, RealtimeLink } from '../room/ports.ts';
import { ALREADY_ACTIVE, NOT_ACTIVE } from '../room/ResponseQueue.ts';

type Call = {
  [Name in keyof RealtimeLink]: RealtimeLink[Name] extends (...args: infer Args) => void
    ? [Name, ...Args]
    : never;
}[keyof RealtimeLink];

const USAGE = {
  inputTextTokens: 3,
  inputAudioTokens: 10,
  cachedTokens: 0,
  outputTextTokens: 5,
  outputAudioTokens: 8,
};
const SILENCE_MS = 500;
/** What every reply of it sounds like: 400 ms in two pieces. */
export const FAKE_REPLY = { pieces: 2, pieceMs: 200, text: 'It is a fine day.' };

/**
 * A provider in memory. Records every call but audio in `calls`; a test says events itself (`say`), or lets the
 * provider's own answers out one by one (`deliver`).
 */
export class FakeLink implements RealtimeLink {
  readonly events = new EventEmitter<LinkEvents>();
  readonly calls: Call[] = [];
  /** Samples appended. */
  heard = 0;
  /** It listens for the end of speech itself. */
  detects = true;
  /** What it understands of the next turn. */
  transcript = 'Some words.';
  /** What it says that its provider lets it live. */
  expiresInMs: number | undefined;
  /** What it writes aside; undefined: it refuses. */
  summary: string | undefined = 'They have talked.';
  /** What the next response calls, instead of saying something. */
  functionCalls: { callId: string; name: string; arguments: string }[] = [];
  readonly #name: string;
  #closed: LinkClosed | undefined;
  #answers: { responseId?: string; tell: () => void }[] = [];
  readonly #itemMs = new Map<string, number>();
  #active: string | undefined;
  #made = 0;
  #speech: { itemId: string; quietMs: number } | undefined;

  /** `name` is in all of its IDs: no two links make the same. */
  constructor(name = '') {
    this.#name = name;
  }

  get closed(): LinkClosed | undefined {
    return this.#closed;
  }

  get audioMs(): number {
    return (this.heard * 1000) / SAMPLE_RATE;
  }

  say<Name extends keyof LinkEvents>(name: Name, ...args: LinkEvents[Name]): void {
    (this.events as EventEmitter).emit(name, ...args);
  }

  /** Lets the next answer out. False when there is none. */
  deliver(): boolean {
    const answer = this.#answers.shift();
    answer?.tell();
    return answer !== undefined;
  }

  deliverAll(): void {
    while (this.deliver());
  }

  /** The response of this moment comes to nothing. */
  forget(): void {
    this.#answers = [];
    this.#active = undefined;
  }

  /** The provider ends the connection. */
  lose(closed: LinkClosed = { code: 'lost', message: 'The cable is cut.' }): void {
    if (this.#closed) return;
    this.#closed = closed;
    this.#answers = [];
    this.events.emit('closed', closed);
  }

  named<Name extends Call[0]>(name: Name): Extract<Call, [Name, ...unknown[]]>[] {
    return this.calls.filter((call): call is Extract<Call, [Name, ...unknown[]]> => call[0] === name);
  }

  appendAudio(pcm: Int16Array): void {
    if (this.#closed) return;
    this.heard += pcm.length;
    const ms = (pcm.length * 1000) / SAMPLE_RATE;
    const loud = this.detects && pcm.some((sample) => Math.abs(sample) > 1_000);
    if (loud && !this.#speech) {
      const itemId = this.#id('item');
      this.#speech = { itemId, quietMs: 0 };
      const atMs = Math.max(0, this.audioMs - FRAME_MS);
      this.#answer(() => this.say('speechStarted', { itemId, atMs }));
    }
    if (!this.#speech) return;
    this.#speech.quietMs = loud ? 0 : this.#speech.quietMs + ms;
    if (this.#speech.quietMs >= SILENCE_MS) this.#commit(this.#speech.itemId, this.audioMs);
  }

  configure(change: LinkChange): void {
    const { turnDetection } = change;
    if (this.#record(['configure', change]) && turnDetection) this.detects = turnDetection.type !== 'none';
  }

  commitAudio(): void {
    if (!this.#record(['commitAudio'])) return;
    const itemId = this.#speech?.itemId ?? this.#id('item');
    this.#speech = undefined;
    this.#tellCommit(itemId);
  }

  clearAudio(): void {
    if (this.#record(['clearAudio'])) this.#speech = undefined;
  }

  createItem(item: LinkItem): void {
    this.#record(['createItem', item]);
  }

  createResponse(): void {
    if (!this.#record(['createResponse'])) return;
    if (this.#active) return this.#reject(ALREADY_ACTIVE, 'response');
    const responseId = this.#id('resp');
    const itemId = this.#id('item');
    const of = { responseId, itemId };
    this.#active = responseId;
    this.#answer(() => this.say('responseCreated', { responseId }), responseId);
    const calls = this.functionCalls.splice(0);
    for (const call of calls) this.#answer(() => this.say('toolCalled', { responseId, ...call }), responseId);
    if (calls.length > 0) return this.#finish(responseId, 'completed');
    for (let piece = 0; piece < FAKE_REPLY.pieces; piece++)
      this.#answer(() => {
        const pcm = new Int16Array((SAMPLE_RATE * FAKE_REPLY.pieceMs) / 1000).fill(5_000);
        this.#itemMs.set(itemId, (this.#itemMs.get(itemId) ?? 0) + FAKE_REPLY.pieceMs);
        this.say('audioDelta', { ...of, contentIndex: 0, pcm });
      }, responseId);
    this.#answer(() => this.say('replyTranscriptDelta', { ...of, delta: FAKE_REPLY.text }), responseId);
    this.#answer(() => this.say('replyTranscriptDone', { ...of, text: FAKE_REPLY.text }), responseId);
    this.#finish(responseId, 'completed');
  }

  cancelResponse(responseId: string): void {
    if (!this.#record(['cancelResponse', responseId])) return;
    if (this.#active !== responseId) return this.#reject(NOT_ACTIVE, 'cancel');
    this.#answers = this.#answers.filter((answer) => answer.responseId !== responseId);
    this.#finish(responseId, 'cancelled');
  }

  truncate(itemId: string, contentIndex: number, audioEndMs: number): void {
    if (!this.#record(['truncate', itemId, contentIndex, audioEndMs])) return;
    if (audioEndMs > (this.#itemMs.get(itemId) ?? -1)) this.#reject('invalid_value', 'truncate');
  }

  sendToolOutput(callId: string, output: string): void {
    this.#record(['sendToolOutput', callId, output]);
  }

  /** Answered with the other answers, when a test delivers it. */
  ask(instructions: string, maxTokens: number): Promise<Aside> {
    const { promise, resolve, reject } = Promise.withResolvers<Aside>();
    const responseId = this.#id('resp');
    if (!this.#record(['ask', instructions, maxTokens])) reject(new Error('The link is closed.'));
    this.events.once('closed', () => reject(new Error('The link has closed.')));
    this.#answer(() => {
      if (this.summary === undefined) reject(new Error('No.'));
      else resolve({ responseId, text: this.summary, usage: { ...USAGE } });
    });
    return promise;
  }

  close(reason: string): void {
    if (this.#record(['close', reason])) this.lose({ code: 'closed', message: reason });
  }

  #commit(itemId: string, atMs: number): void {
    this.#speech = undefined;
    this.#answer(() => this.say('speechStopped', { itemId, atMs }));
    this.#tellCommit(itemId);
  }

  #tellCommit(itemId: string): void {
    const text = this.transcript;
    this.#answer(() => this.say('committed', { itemId }));
    this.#answer(() => this.say('transcriptCompleted', { itemId, text }));
  }

  #finish(responseId: string, status: 'completed' | 'cancelled'): void {
    this.#answer(() => {
      this.#active = undefined;
      this.say('responseDone', { responseId, status, error: undefined, usage: { ...USAGE } });
    }, responseId);
  }

  #reject(code: string, causedBy: 'response' | 'cancel' | 'truncate'): void {
    this.#answer(() => this.say('rejected', { code, message: code, causedBy }));
  }

  #answer(tell: () => void, responseId?: string): void {
    this.#answers.push({ tell, ...(responseId === undefined ? {} : { responseId }) });
  }

  #record(call: Call): boolean {
    if (!this.#closed) this.calls.push(call);
    return !this.#closed;
  }

  #id(kind: string): string {
    this.#made += 1;
    return `${kind}_${this.#name}${this.#made}`;
  }
}
