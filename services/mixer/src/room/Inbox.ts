import { type DownwardMessage, type ParticipantId, PROTOCOL_VERSION, type Role } from '@parley/contract';
import type { PlayoutReport } from './HeardPosition.ts';
import { RateLimit } from './RateLimit.ts';
import { readUpward } from './upward.ts';

/** Messages a device may send: far above what a person does, far below what a loop does. */
const MESSAGES = { perSecond: 10, burst: 40 };
/** Notices about one device's bad messages. */
const NOTICES = { perSecond: 0.2, burst: 3 };
/** Texts whose answer is remembered, so that a repeat is answered and not said again. */
const REMEMBERED_TEXTS = 100;

export interface InboxOwner {
  readonly id: ParticipantId;
  readonly role: Role;
}

export interface InboxHost {
  reply(message: DownwardMessage): void;
  /** `hello`: this device wants to know how things stand. */
  greet(): void;
  sendText(text: { id: string; text: string }): void;
  /** The talk button. */
  hold(holds: boolean): void;
  /** What this device is playing of the assistant. */
  reported(report: PlayoutReport): void;
  now(): number;
}

type TextResult = Extract<DownwardMessage, { type: 'text:result' }>;

/** What one participant says over its data channel, through all its connections. */
export class Inbox {
  readonly #owner: InboxOwner;
  readonly #host: InboxHost;
  readonly #messages = new RateLimit(MESSAGES);
  readonly #notices = new RateLimit(NOTICES);
  readonly #results = new Map<string, TextResult>();

  constructor(owner: InboxOwner, host: InboxHost) {
    this.#owner = owner;
    this.#host = host;
  }

  /** One message as it came; never throws on what is in it. */
  take(bytes: Uint8Array): void {
    if (!this.#messages.take(this.#host.now())) {
      this.#notice('Too many messages at once; some were ignored.');
      return;
    }
    const read = readUpward(bytes);
    if (!read.ok) {
      this.#notice(read.words);
      return;
    }
    const { message } = read;
    switch (message.type) {
      case 'hello':
        if (message.protocol !== PROTOCOL_VERSION)
          this.#notice('This page is from another version of Parley. Reload it.');
        this.#host.greet();
        break;
      case 'ping':
        this.#host.reply({ type: 'pong', nonce: message.nonce });
        break;
      case 'floor:hold':
        if (this.#owner.role === 'listener') this.#notice('Listeners cannot talk here. Join as a speaker.');
        else this.#host.hold(true);
        break;
      case 'floor:release':
        this.#host.hold(false);
        break;
      case 'playout:report':
        this.#host.reported(message);
        break;
      case 'text:send':
        this.#host.reply(this.#text(message.id, message.text));
        break;
    }
  }

  #text(id: string, text: string): TextResult {
    const before = this.#results.get(id);
    if (before) return before;
    const accepted = this.#owner.role !== 'listener';
    const message = accepted ? null : 'Listeners cannot write here. Join as a speaker to take part.';
    const result: TextResult = { type: 'text:result', id, accepted, message };
    this.#results.set(id, result);
    const oldest = this.#results.keys().next();
    if (this.#results.size > REMEMBERED_TEXTS && !oldest.done) this.#results.delete(oldest.value);
    if (accepted) this.#host.sendText({ id, text });
    return result;
  }

  #notice(message: string): void {
    if (this.#notices.take(this.#host.now())) this.#host.reply({ type: 'notice', level: 'warning', message });
  }
}
