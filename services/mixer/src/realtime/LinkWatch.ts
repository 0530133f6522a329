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
}

/** What was said longer ago is not what a response answers. */
const ANSWERED_WITHIN_MS = 60_000;

interface Flight {
  askedAt: number;
  /** When the speech that it answers had ended; undefined for what was typed. */
  spokenAt: number | undefined;
  responseId: string | undefined;
  heard: boolean;
}

/** Watches one link to a provider: when it was asked, and when it said what. Counts, and changes nothing. */
export class LinkWatch {
  readonly #options: LinkWatchOptions;
  readonly #turns = new RecentIds(100);
  #spokenAt: number | undefined;
  #flight: Flight | undefined;

  constructor(options: LinkWatchOptions) {
    this.#options = options;
  }

  async connecting<Link>(connect: () => Promise<Link>, signal: AbortSignal): Promise<Link> {
    const { clock, times } = this.#options;
    const began = clock.now();
    try {
      const link = await connect();
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
    const spokenAt = this.#spokenAt;
    this.#spokenAt = undefined;
    const recent = spokenAt !== undefined && now - spokenAt <= ANSWERED_WITHIN_MS;
    this.#flight = {
      askedAt: now,
      spokenAt: recent ? spokenAt : undefined,
      responseId: undefined,
      heard: false,
    };
  }

  /** The provider says something, which `pass` hands on. */
  told<Name extends keyof LinkEvents>(name: Name, args: LinkEvents[Name], pass: () => void): void {
    this.#note(name, args);
    pass();
  }

  #note(name: keyof LinkEvents, [about]: LinkEvents[keyof LinkEvents]): void {
    if ((name === 'speechStopped' || name === 'committed') && 'itemId' in about) {
      if (this.#turns.add(about.itemId)) this.#spokenAt = this.#options.clock.now();
    } else if (name === 'closed') this.#land('lost');
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
      times.confirmed(sinceAsked);
    }
    if (name === 'audioDelta' && !flight.heard) {
      flight.heard = true;
      times.firstAudio('asked', sinceAsked);
      if (flight.spokenAt !== undefined) times.firstAudio('speech-end', clock.now() - flight.spokenAt);
    }
    if (name === 'responseDone' && 'status' in about) this.#land(about.status);
  }

  /** One that comes while another response is being made will be asked for again. */
  #noteRefusal({ code, causedBy }: LinkEvents['rejected'][0]): void {
    if (causedBy !== 'response' || this.#flight?.responseId !== undefined) return;
    if (code === ALREADY_ACTIVE) this.#flight = undefined;
    else this.#land('failed');
  }

  #land(status: ResponseDone['status'] | 'lost'): void {
    const flight = this.#flight;
    this.#flight = undefined;
    if (flight) this.#options.times.responded(status, this.#options.clock.now() - flight.askedAt);
  }
}
