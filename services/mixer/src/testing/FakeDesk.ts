import { EventEmitter } from 'node:events';
import { type CallCause, newJobId, newNoticeId, Notice, type NoticeId } from '@parley/contract';
import type { DeskCall, ToolDesk } from '../room/ports.ts';

interface OpenCall extends PromiseWithResolvers<string> {
  kept: () => void;
}

export const NOBODY: CallCause = { askers: [], overlap: 0, by: 'nobody', words: '' };

/** A desk in memory: a test answers its calls, and lays down notices. */
export class FakeDesk implements ToolDesk {
  readonly events = new EventEmitter<{ news: [] }>();
  readonly calls: DeskCall[] = [];
  readonly kept = new Map<NoticeId, Notice>();
  readonly toldIds: NoticeId[][] = [];
  closed = false;
  /** While set, nothing can be read or taken away. */
  away: Error | undefined;
  readonly #open = new Map<string, OpenCall>();

  call(call: DeskCall, kept: () => void): Promise<string> {
    this.calls.push(call);
    const open = { ...Promise.withResolvers<string>(), kept };
    this.#open.set(call.callId, open);
    return open.promise;
  }

  async notices(): Promise<Notice[]> {
    if (this.away) throw this.away;
    return [...this.kept.values()];
  }

  async told(ids: readonly NoticeId[]): Promise<void> {
    this.toldIds.push([...ids]);
    if (this.away) throw this.away;
    for (const id of ids) this.kept.delete(id);
  }

  close(): void {
    this.closed = true;
  }

  /** The call cannot be lost any more. */
  keep(callId: string): void {
    this.#open.get(callId)?.kept();
  }

  async answer(callId: string, output = '{"ok":true}'): Promise<void> {
    this.#open.get(callId)?.resolve(output);
    await settled();
  }

  async refuse(callId: string, error: Error): Promise<void> {
    this.#open.get(callId)?.reject(error);
    await settled();
  }

  /** A job has ended, and the room is told so. */
  async post(notice: Partial<Notice> = {}): Promise<Notice> {
    const whole = Notice.parse({
      id: newNoticeId(),
      jobId: newJobId(),
      number: 7,
      kind: 'code',
      outcome: 'completed',
      cause: NOBODY,
      text: 'All tests pass.',
      ...notice,
    });
    this.kept.set(whole.id, whole);
    this.events.emit('news');
    await settled();
    return whole;
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
