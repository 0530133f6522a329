import {
  AppError,
  CommandId,
  CONTROL_COMMANDS,
  type ControlAnswer,
  type ControlCommand,
  ControlEnvelope,
  type ControlReply,
  type ControlRequest,
  describeIssues,
  HubId,
  keys,
  type MixerId,
  parseOrThrow,
  toErrorBody,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import { beginSpan } from '@parley/kit/tracing';
import { z } from 'zod';
import type { ControlHandlers } from '../room/Rooms.ts';
import { Answers } from './Answers.ts';

export interface CommandEndpointOptions {
  mixerId: MixerId;
  handlers: ControlHandlers;
  /** A connection of its own: a subscriber can do nothing else. */
  subscriber: Redis;
  redis: Redis;
  log: Log;
  /** Called before each command: a process that slept for too long gives up its rooms in it (M27). */
  beforeEach?: () => void;
  /** Epoch milliseconds. */
  now?: () => number;
}

export interface CommandCounts {
  answered: number;
  refused: number;
  repeated: number;
  late: number;
  malformed: number;
}

/** The mixer's ear for the hubs: one Redis channel in, one answer per command out on the asking hub's channel. */
export class CommandEndpoint {
  readonly counts: CommandCounts = { answered: 0, refused: 0, repeated: 0, late: 0, malformed: 0 };
  readonly #options: CommandEndpointOptions;
  readonly #channel: string;
  readonly #now: () => number;
  readonly #answers: Answers;
  readonly #onMessage = (channel: string, text: string) => {
    if (channel === this.#channel) this.#receive(text);
  };

  constructor(options: CommandEndpointOptions) {
    this.#options = options;
    this.#channel = keys.mixerCommands(options.mixerId);
    this.#now = options.now ?? Date.now;
    this.#answers = new Answers(this.#now);
  }

  async open(): Promise<void> {
    this.#options.subscriber.on('message', this.#onMessage);
    await this.#options.subscriber.subscribe(this.#channel);
  }

  async close(): Promise<void> {
    this.#options.subscriber.off('message', this.#onMessage);
    await this.#options.subscriber.unsubscribe(this.#channel);
  }

  #receive(text: string): void {
    this.#options.beforeEach?.();
    const envelope = this.#read(text);
    if (!envelope) return;
    if (envelope.deadline < this.#now()) {
      this.counts.late++;
      this.#options.log.warn({ command: envelope.name, from: envelope.from }, 'command came too late');
      return;
    }
    let answer = this.#answers.get(envelope.id);
    if (answer) this.counts.repeated++;
    else {
      answer = this.#execute(envelope);
      this.#answers.remember(envelope.id, answer);
    }
    void answer.then((settled) => this.#send(envelope.from, settled));
  }

  /** The envelope, or nothing; whoever can be answered is told what is wrong with it. */
  #read(text: string): ControlEnvelope | undefined {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    const parsed = ControlEnvelope.safeParse(json);
    if (parsed.success) return parsed.data;
    this.counts.malformed++;
    this.#options.log.warn({ issues: describeIssues(parsed.error) }, 'malformed command');
    const sender = SENDER.safeParse(json);
    if (sender.success) {
      const error = new AppError('bad-request', describeIssues(parsed.error));
      void this.#send(sender.data.from, { id: sender.data.id, ok: false, error: error.body() });
    }
    return undefined;
  }

  /** Never rejects. */
  async #execute({ id, name, body, traceparent }: ControlEnvelope): Promise<ControlAnswer> {
    const span = beginSpan(name, { kind: 'server', parent: traceparent ?? null });
    try {
      const data = await span.run(() => this.#run(name, body));
      this.counts.answered++;
      span.end();
      return { id, ok: true, data };
    } catch (error) {
      this.counts.refused++;
      span.end(error);
      if (!(error instanceof AppError))
        this.#options.log.error({ err: error, command: name }, 'command failed');
      else this.#options.log.info({ err: error, code: error.code, command: name }, 'command refused');
      return { id, ok: false, error: toErrorBody(error) };
    }
  }

  async #run<Name extends ControlCommand>(name: Name, body: unknown): Promise<ControlReply<Name>> {
    const handler: ControlHandlers[Name] = this.#options.handlers[name];
    return handler(parseOrThrow(CONTROL_COMMANDS[name].request, body) as ControlRequest<Name>);
  }

  /** Never rejects. */
  async #send(hub: HubId, answer: ControlAnswer): Promise<void> {
    const { redis, log } = this.#options;
    try {
      const receivers = await redis.publish(keys.hubAnswers(hub), JSON.stringify(answer));
      if (receivers === 0) log.warn({ hub }, 'answer had no receiver');
    } catch (error) {
      log.warn({ err: error, hub }, 'answer not sent');
    }
  }
}

/** Enough of an envelope to say that the rest is wrong. */
const SENDER = z.object({ id: CommandId, from: HubId });
