import { EventEmitter } from 'node:events';
import type {
  Aside,
  LinkChange,
  LinkClosed,
  LinkEvents,
  LinkFactory,
  LinkItem,
  RealtimeLink,
} from '../room/ports.ts';
import { LinkWatch, type LinkWatchOptions } from './LinkWatch.ts';

const EVENTS: readonly (keyof LinkEvents)[] = [
  'speechStarted',
  'speechStopped',
  'committed',
  'transcriptDelta',
  'transcriptCompleted',
  'transcriptFailed',
  'responseCreated',
  'audioDelta',
  'replyTranscriptDelta',
  'replyTranscriptDone',
  'toolCalled',
  'responseDone',
  'rejected',
  'closed',
];

/** A link that is as it was, with somebody who looks at the time. */
export class WatchedLink implements RealtimeLink {
  readonly events = new EventEmitter<LinkEvents>();
  readonly #link: RealtimeLink;
  readonly #watch: LinkWatch;

  constructor(link: RealtimeLink, watch: LinkWatch) {
    this.#link = link;
    this.#watch = watch;
    for (const name of EVENTS)
      link.events.on(name, (...args: LinkEvents[typeof name]) =>
        watch.told(name, args, () => void (this.events as EventEmitter).emit(name, ...args)),
      );
  }

  get closed(): LinkClosed | undefined {
    return this.#link.closed;
  }

  get expiresInMs(): number | undefined {
    return this.#link.expiresInMs;
  }

  appendAudio(pcm: Int16Array, urgent?: boolean): void {
    this.#link.appendAudio(pcm, urgent);
  }

  configure(change: LinkChange): void {
    this.#link.configure(change);
  }

  commitAudio(): void {
    this.#link.commitAudio();
  }

  clearAudio(): void {
    this.#link.clearAudio();
  }

  createItem(item: LinkItem): void {
    this.#link.createItem(item);
  }

  createResponse(): void {
    this.#watch.asked();
    this.#link.createResponse();
  }

  cancelResponse(responseId: string): void {
    this.#link.cancelResponse(responseId);
  }

  truncate(itemId: string, contentIndex: number, audioEndMs: number): void {
    this.#link.truncate(itemId, contentIndex, audioEndMs);
  }

  sendToolOutput(callId: string, output: string): void {
    this.#link.sendToolOutput(callId, output);
  }

  ask(instructions: string, maxTokens: number): Promise<Aside> {
    return this.#link.ask(instructions, maxTokens);
  }

  close(reason: string): void {
    this.#link.close(reason);
  }
}

/** Links that are watched from the first attempt to connect on. */
export function watchLinks(connect: LinkFactory, options: LinkWatchOptions): LinkFactory {
  return async (settings, signal) => {
    const watch = new LinkWatch(options);
    const link = await watch.connecting(() => connect(settings, signal), signal);
    return new WatchedLink(link, watch);
  };
}
