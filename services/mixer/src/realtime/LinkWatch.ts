import { beginSpan, inSpan, type Span, type SpanAttributes } from '@parley/kit/tracing';
import type { Clock, LinkEvents, ResponseDone } from '../room/ports.ts';
import { RecentIds } from '../room/RecentIds.ts';
import { ALREADY_ACTIVE } from '../room/ResponseQueue.ts';

/** How long a provider takes for what, ms. */
export interface LinkTimes {
  /** From the first packet until the settings are taken, or there is no link. */
  connected(outcome: 'ok' | 'refused' | 'given-up', ms: number): void;
  /** From asking for a response to its confirmation: as short as the provider's way there and back. */
  confirmed(ms: number): void;
  /** To the first sound of a reply: since it was asked for, and since the provider heard the end of what it answers. */
  firstAudio(since: 'asked' | 'speech-end', ms: number): void;
  responded(status: ResponseDone['status'] | 'lost', ms: number): void;
}

export interface LinkWatchOptions {
  clock: Pick<Clock, 'now'>;
  times: LinkTimes;
  /** Of all spans. */
  attributes?: SpanAttributes;
}

/** A sane provider has one turn open, or two. */
const MAX_OPEN_TURNS = 32;
/** What was said longer ago is not what a response answers. */
const ANSWERED_WITHIN_MS = 60_000;

interface Flight {
  span: Span;
  askedAt: number;
  /** When the speech that it answers had ended; undefined for what was typed. */
  spokenAt: number | undefined;
  responseId: string | undefined;
  heard: boolean;
}

/**
 * Watches one link to a provider: when it was asked, and when it said what. Counts and traces, and changes nothing. A
 * trace begins with a turn, at its end, or with a response to what nobody said.
 */
export class LinkWatch {
  readonly #options: LinkWatchOptions;
  readonly #turns = new RecentIds(100);
  readonly #open = new Map<string, Span>();
  /** The last turn. */
  #spoken: { at: number; traceparent: string | undefined } | undefined;
  #flight: Flight | undefined;

  constructor(options: LinkWatchOptions) {
    this.#options = options;
  }

  async connecting<Link>(connect: () => Promise<Link>, signal: AbortSignal): Promise<Link> {
    const { clock, times, attributes = {} } = this.#options;
    const began = clock.now();
    try {
      const link = await inSpan('provider:connect', { kind: 'client', attributes }, connect);
      times.connected('ok', clock.now() - began);
      return link;
    } catch (error) {
      times.connected(signal.aborted ? 'given-up' : 'refused', clock.now() - began);
      throw error;
    }
  }

  /** A response is asked for. */
  asked(): void {
    const now = this.#options.clock.now();
    this.#land('lost');
    const spoken = this.#spoken && now - this.#spoken.at <= ANSWERED_WITHIN_MS ? this.#spoken : undefined;
    this.#spoken = undefined;
    this.#flight = {
      span: this.#begin('response', spoken?.traceparent ?? null),
      askedAt: now,
      spokenAt: spoken?.at,
      responseId: undefined,
      heard: false,
    };
  }

  /** The provider says something, which `pass` hands on. */
  told<Name extends keyof LinkEvents>(name: Name, args: LinkEvents[Name], pass: () => void): void {
    this.#note(name, args);
    // What is called is a part of the response that calls it.
    if (name === 'toolCalled' && this.#flight) this.#flight.span.run(pass);
    else pass();
  }

  #note(name: keyof LinkEvents, [about]: LinkEvents[keyof LinkEvents]): void {
    if ((name === 'speechStopped' || name === 'committed') && 'itemId' in about) {
      if (this.#turns.add(about.itemId)) this.#beginTurn(about.itemId);
    } else if ((name === 'transcriptCompleted' || name === 'transcriptFailed') && 'itemId' in about)
      this.#endTurn(about.itemId, name === 'transcriptFailed' ? 'transcript' : undefined);
    else if (name === 'closed') this.#closed();
    else if ('causedBy' in about) this.#noteRefusal(about);
    else if ('responseId' in about) this.#noteResponse(name, about);
  }

  #noteResponse(name: keyof LinkEvents, about: { responseId: string } | ResponseDone): void {
    const { clock, times } = this.#options;
    const flight = this.#flight;
    if (!flight || (flight.responseId ?? about.responseId) !== about.responseId) return;
    const sinceAsked = clock.now() - flight.askedAt;
    if (flight.responseId === undefined) {
      flight.responseId = about.responseId;
      flight.span.event('confirmed');
      times.confirmed(sinceAsked);
    }
    if (name === 'audioDelta' && !flight.heard) {
      flight.heard = true;
      flight.span.event('first audio');
      times.firstAudio('asked', sinceAsked);
      if (flight.spokenAt !== undefined) times.firstAudio('speech-end', clock.now() - flight.spokenAt);
    }
    if (name === 'responseDone' && 'status' in about) this.#land(about.status);
  }

  /** One that comes while another response is being made will be asked for again. */
  #noteRefusal({ code, causedBy }: LinkEvents['rejected'][0]): void {
    if (causedBy !== 'response' || this.#flight?.responseId !== undefined) return;
    if (code !== ALREADY_ACTIVE) return this.#land('failed');
    this.#flight?.span.end(code);
    this.#flight = undefined;
  }

  #beginTurn(itemId: string): void {
    const span = this.#begin('turn', null);
    this.#spoken = { at: this.#options.clock.now(), traceparent: span.traceparent };
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= MAX_OPEN_TURNS) this.#endTurn(oldest, 'lost');
    this.#open.set(itemId, span);
  }

  #endTurn(itemId: string, missing?: 'transcript' | 'lost'): void {
    const span = this.#open.get(itemId);
    this.#open.delete(itemId);
    span?.set({ 'parley.missing': missing });
    span?.end();
  }

  #closed(): void {
    this.#land('lost');
    for (const itemId of this.#open.keys()) this.#endTurn(itemId, 'lost');
  }

  #land(status: ResponseDone['status'] | 'lost'): void {
    const flight = this.#flight;
    this.#flight = undefined;
    if (!flight) return;
    flight.span.set({ 'parley.response.status': status });
    flight.span.end(status === 'failed' || status === 'lost' ? status : undefined);
    this.#options.times.responded(status, this.#options.clock.now() - flight.askedAt);
  }

  #begin(name: string, parent: string | null): Span {
    const { attributes = {} } = this.#options;
    return beginSpan(name, { kind: 'client', parent, attributes });
  }
}
