import type { RealtimeLink, ToolDefinition } from './ports.ts';
import { RecentIds } from './RecentIds.ts';

/** Calls that are answered without a person having said anything in between. */
const MAX_IN_A_ROW = 8;

export interface ToolCall {
  callId: string;
  name: string;
  arguments: string;
}

interface OpenCall {
  link: RealtimeLink;
  name: string;
  arguments: string;
  /** A later link was told of it. */
  carried: boolean;
}

/** Which calls of the model are out, and on which link each of them was made. */
export class ToolCalls {
  #names: ReadonlySet<string> = new Set();
  readonly #seen = new RecentIds(1_000);
  readonly #open = new Map<string, OpenCall>();
  #inARow = 0;

  /** These may be called from now on; calls that are out stay so. */
  offer(tools: readonly ToolDefinition[]): void {
    this.#names = new Set(tools.map(({ name }) => name));
  }

  /** Some call is out. */
  get any(): boolean {
    return this.#open.size > 0;
  }

  isOpen(callId: string): boolean {
    return this.#open.has(callId);
  }

  /** False for a repeat. */
  opened(call: ToolCall, link: RealtimeLink): boolean {
    if (!this.#seen.add(call.callId)) return false;
    this.#open.set(call.callId, { link, name: call.name, arguments: call.arguments, carried: false });
    return true;
  }

  /** What to answer at once to a call that nothing here can run. */
  refusal(name: string): string | undefined {
    if (this.#names.has(name)) return undefined;
    const there =
      this.#names.size > 0 ? `Installed: ${[...this.#names].join(', ')}.` : 'No tools are installed.';
    return JSON.stringify({ error: `There is no tool "${name}". ${there} Answer without it.` });
  }

  /** Ends the call. Undefined when it is not open (any more). */
  closed(callId: string): { link: RealtimeLink; name: string } | undefined {
    const call = this.#open.get(callId);
    this.#open.delete(callId);
    return call;
  }

  /** Calls that a new link does not know of; each of them once. */
  carryOver(): { name: string; arguments: string }[] {
    const calls = [...this.#open.values()].filter(({ carried }) => !carried);
    for (const call of calls) call.carried = true;
    return calls;
  }

  /** A person said something: the model may call anew. */
  heardPerson(): void {
    this.#inARow = 0;
  }

  /** False when the model only keeps calling and should wait for a person. */
  mayAnswer(): boolean {
    this.#inARow += 1;
    return this.#inARow <= MAX_IN_A_ROW;
  }
}
