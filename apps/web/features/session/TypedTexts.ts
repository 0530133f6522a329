import { MAX_UPWARD_BYTES, newCommandId, type UpwardMessage } from '@parley/contract';
import { dropText, failText, typeText, type RoomModel } from './roomModel.ts';

export interface TypedTextsPorts {
  /** False when the channel is not open. */
  send(message: UpwardMessage): boolean;
  room(): RoomModel | null;
  patchRoom(change: (room: RoomModel) => RoomModel): void;
}

const ANSWER_MS = 8_000;

/** Typed messages on their way: each is taken, or fails with a reason and can be sent again under its own ID. */
export class TypedTexts {
  readonly #ports: TypedTextsPorts;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(ports: TypedTextsPorts) {
    this.#ports = ports;
  }

  readonly send = (text: string): void => this.#send(newCommandId(), text.trim());

  /** The same ID again: the room takes a message at most once. */
  readonly retry = (id: string): void => {
    const failed = this.#ports.room()?.texts.find((typed) => typed.id === id);
    if (failed !== undefined) this.#send(id, failed.text);
  };

  readonly drop = (id: string): void => this.#ports.patchRoom((room) => dropText(room, id));

  /** The room answered; what it said is applied by the room's model. */
  answered(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #send(id: string, text: string): void {
    if (text === '') return;
    this.#ports.patchRoom((room) => typeText(room, id, text));
    const message: UpwardMessage = { type: 'text:send', id, text };
    if (new TextEncoder().encode(JSON.stringify(message)).length > MAX_UPWARD_BYTES)
      return this.#fail(id, 'It is too long. Send it in parts.');
    if (!this.#ports.send(message)) return this.#fail(id, 'The line to the room is down at the moment.');
    this.#timers.set(
      id,
      setTimeout(() => this.#fail(id, 'The room did not answer.'), ANSWER_MS),
    );
  }

  #fail(id: string, why: string): void {
    this.answered(id);
    this.#ports.patchRoom((room) => failText(room, id, why));
  }
}
