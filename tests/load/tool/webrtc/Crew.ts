import { Worker } from 'node:worker_threads';
import type { Admission, Players, PlayersRecord, RoomPlan } from '../Players.ts';
import type { CrewData, CrewReply, CrewRequest } from './messages.ts';

type Wish<Request = CrewRequest> = Request extends CrewRequest ? Omit<Request, 'id'> : never;

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** Players in a thread of their own. Owns the thread, whose clock is this one's. */
export class Crew implements Players {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #ended: Error | undefined;

  constructor(data: CrewData) {
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: data });
    this.#worker.on('message', (reply: CrewReply) => this.#take(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('The thread of the bots has ended.')));
  }

  play(plan: RoomPlan): Promise<Admission> {
    return this.#ask({ what: 'play', plan });
  }

  restart(): Promise<void> {
    return this.#ask({ what: 'restart' });
  }

  tell(): Promise<PlayersRecord> {
    return this.#ask({ what: 'tell' });
  }

  async close(): Promise<void> {
    if (!this.#ended) await this.#ask({ what: 'close' }).catch(() => undefined); // it ends in any case
    await this.#worker.terminate();
  }

  #ask<Answer>(wish: Wish): Promise<Answer> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = (this.#asked += 1);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, { resolve, reject });
    this.#worker.postMessage({ id, ...wish }, []);
    return promise;
  }

  #take(reply: CrewReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.answer as never);
    else waiting?.reject(new Error(reply.message));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
