import { AppError, type CallCause, type EventData, type ToolPolicies } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { AnswerPolicy } from './AnswerPolicy.ts';
import type { Clock, RealtimeLink, ToolDesk } from './ports.ts';
import type { ToolCall, ToolCalls } from './ToolCalls.ts';
import { CALL_TROUBLE, lateOutput, toolOutputNote } from './toolWording.ts';

/** A call is answered within this time, if only by saying that there is no answer yet. */
export const ANSWER_WITHIN_MS = 8_000;
/** The longest that the desk takes. */
const MAX_ARGUMENTS = 4_000_000;
const MAX_CALL_ID = 200;
const MAX_NAME = 200;
/** What goes on record of the arguments. */
const MAX_RECORDED = 16_000;

export interface ErrandsOptions {
  clock: Clock;
  log: Log;
  desk: Pick<ToolDesk, 'call'> | undefined;
  calls: ToolCalls;
  policy: Pick<AnswerPolicy, 'maySpeak'>;
  /** Those of this moment. */
  policies: () => ToolPolicies;
  cause: () => CallCause;
  /** The link of now. */
  link: () => RealtimeLink | undefined;
  /** For a model that does not know of the call, or has its output already. */
  tell: (text: string) => void;
  /** Something has come back that the model is to answer. */
  answer: () => void;
  called: (call: EventData<'tool:called'>) => void;
  raise: (code: string, message: string) => void;
  changed: () => void;
}

/** What the model has done for it, one output for each call: by the desk, or by saying here why there is none. */
export class Errands {
  readonly #options: ErrandsOptions;
  #closed = false;

  constructor(options: ErrandsOptions) {
    this.#options = options;
  }

  /** The model has called something. A repeat changes nothing. */
  called(call: ToolCall, link: RealtimeLink): void {
    const { calls, called } = this.#options;
    if (!calls.opened(call, link)) return;
    called({
      callId: call.callId,
      name: call.name.slice(0, MAX_NAME),
      arguments: shorten(call.arguments, MAX_RECORDED),
    });
    const refusal = calls.refusal(call.name) ?? tooLarge(call);
    if (refusal) this.#output(call.callId, refusal);
    else this.#send(call);
  }

  close(): void {
    this.#closed = true;
  }

  #send(call: ToolCall): void {
    const { clock, desk, log, policies, cause } = this.#options;
    const { callId, name } = call;
    if (!desk) return this.#output(callId, CALL_TROUBLE.away);
    let kept = false;
    const undo = clock.after(ANSWER_WITHIN_MS, () =>
      this.#output(callId, kept ? CALL_TROUBLE.kept : CALL_TROUBLE.unsure),
    );
    desk
      .call({ ...call, cause: cause(), policies: policies() }, () => (kept = true))
      .then(
        (output) => this.#arrived(callId, name, output),
        (error: unknown) => {
          log.warn({ err: error, callId, tool: name }, 'tool call failed');
          const away = error instanceof AppError && error.code === 'no-tools';
          this.#output(callId, away ? CALL_TROUBLE.away : CALL_TROUBLE.failed);
        },
      )
      .finally(undo)
      .catch((error: unknown) => log.error({ err: error, callId }, 'tool call mishandled'));
  }

  #arrived(callId: string, name: string, output: string): void {
    if (this.#closed) return;
    if (this.#options.calls.isOpen(callId)) return this.#output(callId, output);
    // The model was told that there is no answer yet; it learns of it without being asked to speak.
    this.#options.tell(lateOutput(name, output));
    this.#options.changed();
  }

  /** Only the first one of a call counts. */
  #output(callId: string, output: string): void {
    const { calls, policy, link, tell, answer, raise, changed } = this.#options;
    const call = this.#closed ? undefined : calls.closed(callId);
    if (!call) return;
    if (call.link === link()) call.link.sendToolOutput(callId, output);
    // The provider of today has never heard of the call.
    else tell(toolOutputNote(call.name, output));
    // Calls that were made together are answered together.
    if (policy.maySpeak && !calls.any) {
      if (calls.mayAnswer()) answer();
      else raise('tool-loop', 'The assistant only calls tools. Say something to go on.');
    }
    changed();
  }
}

function tooLarge({ callId, name, arguments: args }: ToolCall): string | undefined {
  if (args.length > MAX_ARGUMENTS)
    return JSON.stringify({ error: `The arguments are too long: at most ${MAX_ARGUMENTS} characters.` });
  if (callId.length > MAX_CALL_ID || name.length > MAX_NAME)
    return JSON.stringify({ error: 'The ID or the name of the call is too long.' });
  return undefined;
}

const shorten = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
