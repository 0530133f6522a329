import { AppError, type MediaParameters } from '@parley/contract';
import { Unsupported, type Flow, type Media, type MediaHandlers } from './MediaPort.ts';
import type { RemoteTrack, Voice } from './MediaPort.ts';

/**
 * slow: connecting, for longer than usual · healing: the sound stopped and a way around is being tried · failed: given
 * up until the person asks again · unsupported: this browser has no WebRTC that would do.
 */
export type MediaState = 'connecting' | 'slow' | 'up' | 'healing' | 'failed' | 'unsupported';

export interface KeeperPorts {
  open(routerRtpCapabilities: MediaParameters, handlers: MediaHandlers): Promise<Media>;
  /** Joins the room anew, which ends in `joined`. Does nothing while the hub is away. */
  rejoin(): void;
  /** Whether the hub can be asked. */
  isLive(): boolean;
  onState(state: MediaState): void;
  onReady(): void;
  onMessage(text: string): void;
  onTracks(tracks: RemoteTrack[]): void;
  onTrouble(what: 'microphone' | 'voice', error: unknown): void;
}

/** Usually it takes half a second. */
const SLOW_MS = 4_000;
/** From the first question to open channels; ICE and DTLS on a bad network take several seconds. */
const READY_MS = 12_000;
/** Packets often come back by themselves within this. */
const SHAKY_MS = 2_500;
const RESTART_MS = 8_000;
const REOPEN_MS = 1_000;
/** Attempts in a row before the person is told that it does not work. */
const MAX_FAULTS = 2;

/**
 * Keeps one `Media` alive: an ICE restart first, else new transports, else words. Outlives a lost hub: while the
 * transports stand, nobody's sound stops.
 */
export class MediaKeeper {
  readonly #ports: KeeperPorts;
  #media: Media | undefined;
  #generation = 0;
  #state: MediaState = 'connecting';
  #flow: Flow = 'new';
  #ready = false;
  #stale = false;
  #faults = 0;
  #wanted: ReadonlyMap<string, Voice> = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  get media(): Media | undefined {
    return this.#media;
  }

  /** Whether there are transports that the next join is to leave alone. */
  get standing(): boolean {
    return this.#media !== undefined && !this.#stale;
  }

  /** After each `session:join`: takes up the transports that still stand, or makes new ones. */
  async joined(routerRtpCapabilities: MediaParameters): Promise<void> {
    const media = this.#media;
    if (media !== undefined && !this.#stale) {
      const standing = await media.stillThere().catch(() => undefined);
      if (this.#closed || this.#media !== media) return;
      if (standing === undefined) return;
      if (!standing) return this.rebuild();
      if (!this.#stale) {
        // The room may have changed while the hub was away; channels and voices went on.
        if (this.#ready) this.#ports.onReady();
        if (this.#flow === 'shaky' || this.#flow === 'down') this.#restart();
        return;
      }
    }
    await this.#open(routerRtpCapabilities);
  }

  sync(wanted: ReadonlyMap<string, Voice>): void {
    this.#wanted = wanted;
    this.#media?.sync(wanted);
  }

  /** The person asked for another try. */
  retry(): void {
    this.#faults = 0;
    this.rebuild();
  }

  /** New transports, by joining anew; at the latest when the hub is back. */
  rebuild(): void {
    if (this.#closed) return;
    this.#stale = true;
    if (this.#state === 'up' || this.#state === 'failed') this.#set('healing');
    this.#ports.rejoin();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#drop();
  }

  async #open(routerRtpCapabilities: MediaParameters): Promise<void> {
    this.#drop();
    if (this.#closed) return;
    const generation = this.#generation;
    this.#stale = false;
    if (this.#state === 'failed') this.#set('healing');
    this.#after(SLOW_MS, () => {
      if (this.#state === 'connecting') this.#set('slow');
      this.#after(READY_MS - SLOW_MS, () => this.#fault());
    });
    try {
      const media = await this.#ports.open(routerRtpCapabilities, this.#handlersOf(generation));
      if (generation !== this.#generation) return media.close();
      this.#media = media;
      media.sync(this.#wanted);
      // Its channels may have opened before it was handed over.
      if (this.#ready) this.#ports.onReady();
      this.#look();
    } catch (error) {
      if (generation !== this.#generation) return;
      if (error instanceof Unsupported) {
        clearTimeout(this.#timer);
        this.#set('unsupported');
      } else this.#after(REOPEN_MS, () => this.#fault());
    }
  }

  #handlersOf(generation: number): MediaHandlers {
    const current = () => generation === this.#generation && !this.#closed;
    return {
      onReady: () => {
        if (!current()) return;
        this.#ready = true;
        if (this.#media !== undefined) this.#ports.onReady();
        this.#look();
      },
      onFlow: (flow) => {
        if (!current()) return;
        this.#flow = flow;
        this.#look();
      },
      onMessage: (text) => current() && this.#ports.onMessage(text),
      onTracks: (tracks) => current() && this.#ports.onTracks(tracks),
      onTrouble: (what, error) => current() && this.#trouble(what, error),
    };
  }

  /** A room that does not know our transports is another one than they were made in: new ones help, words do not. */
  #trouble(what: 'microphone' | 'voice', error: unknown): void {
    // It is about to be replaced, which is why it fails.
    if (this.#stale) return;
    const forgotten = error instanceof AppError && error.code === 'media-not-found';
    if (what === 'microphone' && forgotten) this.#fault();
    else this.#ports.onTrouble(what, error);
  }

  /** What follows from how the packets flow. */
  #look(): void {
    switch (this.#flow) {
      case 'up':
        if (!this.#ready || this.#media === undefined) return;
        this.#faults = 0;
        clearTimeout(this.#timer);
        this.#set('up');
        return;
      case 'shaky':
        if (this.#state === 'up') this.#after(SHAKY_MS, () => this.#restart());
        return;
      case 'down':
        if (this.#state === 'up') this.#restart();
        else if (this.#state === 'connecting' || this.#state === 'slow') this.#fault();
        return;
      case 'new':
    }
  }

  #restart(): void {
    const media = this.#media;
    if (media === undefined || this.#closed) return;
    this.#set('healing');
    this.#after(RESTART_MS, () => this.#fault());
    if (!this.#ports.isLive()) return;
    media.restartIce().catch(() => {
      if (this.#media === media && this.#ports.isLive()) this.#fault();
    });
  }

  #fault(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    // Nothing can be mended without the hub. `joined` looks again when it is back.
    if (!this.#ports.isLive()) return;
    this.#faults += 1;
    if (this.#faults < MAX_FAULTS) return this.rebuild();
    this.#drop();
    this.#set('failed');
  }

  #drop(): void {
    this.#generation += 1;
    clearTimeout(this.#timer);
    const media = this.#media;
    this.#media = undefined;
    this.#ready = false;
    this.#flow = 'new';
    media?.close();
    if (media !== undefined) this.#ports.onTracks([]);
  }

  #after(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }

  #set(state: MediaState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#ports.onState(state);
  }
}
