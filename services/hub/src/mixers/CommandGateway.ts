import { AppError, CONTROL_COMMANDS, ControlAnswer, keys, newCommandId } from '@parley/contract';
import type {
  CommandId,
  ControlCommand,
  ControlReply,
  ControlRequest,
  HubId,
  MixerId,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { inSpan } from '@parley/kit/tracing';
import type { Channels, CommandOptions, Measures, MixerGateway } from '../session/ports.ts';

export interface CommandGatewayOptions {
  hub: HubId;
  channels: Channels;
  measures: Measures;
  log: Log;
  /** How long a command may take unless its caller says otherwise. */
  deadlineMs?: number;
  /** A command without an answer is sent again so often: the mixer answers a repeat as it did before. */
  repeatMs?: number;
  /** False for a while after Redis was away: a mixer that does not listen then may only be on its way back. */
  isSettled?: () => boolean;
}

/** Redis is back, mixers are not yet: so often they are tried. */
const UNSETTLED_MS = 200;

interface Asking {
  deadlineMs: number;
  traceparent: string | undefined;
}
type Settle = (answer: ControlAnswer) => void;

/** Commands to mixers over Redis: each has an ID, a deadline and exactly one outcome (H15). */
export class CommandGateway implements MixerGateway {
  readonly #options: Required<CommandGatewayOptions>;
  readonly #waiting = new Map<CommandId, Settle>();

  private constructor(options: CommandGatewayOptions) {
    this.#options = { deadlineMs: 5_000, repeatMs: 2_000, isSettled: () => true, ...options };
  }

  /** Resolves when answers can be heard. */
  static async open(options: CommandGatewayOptions): Promise<CommandGateway> {
    const gateway = new CommandGateway(options);
    await options.channels.subscribe(keys.hubAnswers(options.hub), (message) => gateway.#receive(message));
    return gateway;
  }

  get pending(): number {
    return this.#waiting.size;
  }

  command<Name extends ControlCommand>(
    mixer: MixerId,
    name: Name,
    body: ControlRequest<Name>,
    { deadlineMs = this.#options.deadlineMs }: CommandOptions = {},
  ): Promise<ControlReply<Name>> {
    const attributes = { 'parley.mixer.id': mixer, 'parley.session.id': body.sessionId };
    return inSpan(name, { kind: 'client', attributes }, ({ traceparent }) =>
      this.#command(mixer, name, body, { deadlineMs, traceparent }),
    );
  }

  async #command<Name extends ControlCommand>(
    mixer: MixerId,
    name: Name,
    body: ControlRequest<Name>,
    how: Asking,
  ): Promise<ControlReply<Name>> {
    const began = performance.now();
    const settled = (outcome: string) =>
      this.#options.measures.mixerCommand(name, outcome, performance.now() - began);
    try {
      const answer = await this.#ask(mixer, name, body, how);
      if (!answer.ok) throw new AppError(answer.error.code, answer.error.message);
      const reply = CONTROL_COMMANDS[name].reply.safeParse(answer.data);
      if (!reply.success)
        throw new Error(`Mixer ${mixer} answered ${name} with something else`, { cause: reply.error });
      settled('ok');
      return reply.data as ControlReply<Name>;
    } catch (error) {
      settled(error instanceof AppError ? error.code : 'internal');
      throw error;
    }
  }

  async #ask(
    mixer: MixerId,
    name: ControlCommand,
    body: unknown,
    { deadlineMs, traceparent }: Asking,
  ): Promise<ControlAnswer> {
    const { channels, hub, repeatMs, isSettled } = this.#options;
    const id = newCommandId();
    const message = JSON.stringify({
      id,
      from: hub,
      deadline: Date.now() + deadlineMs,
      name,
      body,
      traceparent,
    });
    const { promise, resolve, reject } = Promise.withResolvers<ControlAnswer>();
    let again: ReturnType<typeof setTimeout> | undefined;
    const send = async () => {
      if ((await channels.publish(keys.mixerCommands(mixer), message)) > 0) return;
      if (isSettled()) reject(new AppError('no-mixer', 'The mixer of this session is gone. Join again.'));
      else if (this.#waiting.has(id)) again = setTimeout(() => void send().catch(reject), UNSETTLED_MS);
    };
    const late = new AppError(
      'mixer-timeout',
      `The mixer did not answer within ${deadlineMs / 1000} s. Try again.`,
    );
    const deadline = setTimeout(() => reject(late), deadlineMs);
    const repeat = setInterval(() => void send().catch(reject), repeatMs);
    this.#waiting.set(id, resolve);
    try {
      send().catch(reject);
      return await promise;
    } finally {
      clearTimeout(deadline);
      clearInterval(repeat);
      clearTimeout(again);
      this.#waiting.delete(id);
    }
  }

  #receive(message: string): void {
    try {
      const answer = ControlAnswer.parse(JSON.parse(message));
      // Nobody waits for the answer to a repeat, or for one that came too late.
      this.#waiting.get(answer.id)?.(answer);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'answer of a mixer not readable');
    }
  }
}
