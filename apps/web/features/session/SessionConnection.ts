import {
  AppError,
  PROTOCOL_VERSION,
  type ErrorBody,
  type Goodbye,
  type SessionEvent,
  type UpwardMessage,
} from '@parley/contract';
import { backoffMs } from '../../lib/backoff.ts';
import { describeProblem } from '../../lib/problem.ts';
import type { Seat } from '../../lib/storage.ts';
import { Store } from '../../lib/store.ts';
import type { Microphone } from '../../lib/audio/Microphone.ts';
import { RoomAsks } from '../conversation/RoomAsks.ts';
import { EventFeed } from './EventFeed.ts';
import { ASSISTANT, LevelBoard } from './LevelBoard.ts';
import { MediaKeeper } from './MediaKeeper.ts';
import type { OpenMedia } from './MediaPort.ts';
import { finalGoodbye, finalRefusal } from './refusal.ts';
import { readMessage, wantedVoices } from './roomMessage.ts';
import * as model from './roomModel.ts';
import type { OpenSignaling, Signaling } from './Signaling.ts';
import { attemptOf, startSnapshot, stepLink, type Over, type SessionSnapshot } from './sessionModel.ts';
import { TypedTexts } from './TypedTexts.ts';

export interface ConnectionOptions {
  seat: Seat;
  /** Watched, not owned: the lobby opened it and the page closes it. */
  microphone: Pick<Microphone, 'state'>;
  openSignaling: OpenSignaling;
  openMedia: OpenMedia;
}

/** `session:join` sends at most this many events; a full page means that there may be more. */
const JOIN_PAGE = 1_000;

/**
 * This device's place in one session, from the first socket to the last word. Owns the socket, the media and the
 * levels. Everything that a page may show is in `snapshot` and `levels`; nothing here throws at the page except `end`.
 */
export class SessionConnection {
  readonly snapshot: Store<SessionSnapshot>;
  readonly levels = new LevelBoard();
  readonly texts = new TypedTexts({
    send: (message) => this.#send(message),
    room: () => this.snapshot.get().room,
    patchRoom: (change) => this.#patchRoom(change),
  });
  readonly asks = new RoomAsks({
    request: (name, body) => this.#signaling.request(name, body),
    send: (message) => this.#send(message),
    isMuted: () => this.snapshot.get().muted,
    setMuted: (muted) => this.setMuted(muted),
  });
  readonly #options: ConnectionOptions;
  readonly #signaling: Signaling;
  readonly #keeper: MediaKeeper;
  readonly #feed: EventFeed;
  readonly #undo: (() => void)[] = [];
  /** TURN credentials run out: each join brings fresh ones. */
  #iceServers: Seat['iceServers'];
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #socketUp = false;
  #joining = false;
  #joinAgain = false;
  /** `session:join` is on its way: its answer decides about the media. */
  #asking = false;
  #leaving = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { seat } = options;
    this.#iceServers = seat.iceServers;
    this.snapshot = new Store(startSnapshot(seat.listenOnly));
    this.#signaling = options.openSignaling(seat.token, {
      onConnect: () => this.#onConnect(),
      onDisconnect: (refusal) => this.#onDisconnect(refusal),
      onEvent: (event) => this.#onEvent(event),
      onPresence: (presence) => this.#patchRoom((room) => model.applyPresence(room, presence)),
      onGoodbye: (goodbye) => this.#onGoodbye(goodbye),
      onReset: () => this.#keeper.rebuild(),
    });
    this.#feed = new EventFeed({
      request: this.#signaling.request,
      room: () => this.snapshot.get().room,
      setRoom: (room) => this.#patch({ room }),
      isLive: () => this.#isLive(),
    });
    this.#keeper = new MediaKeeper({
      open: (routerRtpCapabilities, handlers) => {
        this.#patch({ microphoneTrouble: null });
        return options.openMedia(
          {
            request: this.#signaling.request,
            routerRtpCapabilities,
            iceServers: this.#iceServers,
            microphone: this.#track(),
            muted: this.snapshot.get().muted,
          },
          handlers,
        );
      },
      rejoin: () => void this.#join(),
      isLive: () => this.#isLive() && !this.#asking,
      onState: (media) => this.#patch({ media }),
      onReady: () => this.asks.hello(),
      onMessage: (text) => this.#onMessage(text),
      onTracks: (tracks) => this.#patch({ tracks }),
      onTrouble: (what, error) => this.#onTrouble(what, error),
    });
  }

  start(): void {
    const onMicrophone = () => {
      this.#patch({ microphoneTrouble: null });
      this.#keeper.media?.setMicrophone(this.#track());
    };
    this.#undo.push(this.#options.microphone.state.subscribe(onMicrophone));
    const soon = () => this.retryNow();
    globalThis.addEventListener?.('online', soon);
    this.#undo.push(() => globalThis.removeEventListener?.('online', soon));
    this.#signaling.open();
  }

  /** Obeyed here at once, whatever the state of the network. */
  setMuted(muted: boolean): void {
    this.#patch({ muted });
    this.#keeper.media?.setMuted(muted);
    this.#tellMuted();
  }

  readonly dropNotice = (id: number): void => this.#patchRoom((room) => model.dropNotice(room, id));
  readonly reportPlayback = (playbackBlocked: boolean): void => this.#patch({ playbackBlocked });
  readonly retryMedia = (): void => this.#keeper.retry();

  /** Skips the countdown. */
  readonly retryNow = (): void => {
    if (this.snapshot.get().link.at !== 'waiting') return;
    clearTimeout(this.#retryTimer);
    this.#patch({ link: stepLink(this.snapshot.get().link, { type: 'retry' }) });
    this.#signaling.open();
  };

  /** Silence at once; the room is told, and if it cannot be told it notices by itself. */
  leave(): void {
    this.#leaving = true;
    const told = this.#socketUp ? this.#signaling.request('session:leave', {}) : Promise.resolve({});
    const close = () => this.#signaling.close();
    told.then(close, close);
    this.#over({ why: 'left' }, { keepSocket: true });
  }

  /** Ends the session for everybody. Throws what the hub says. */
  async end(): Promise<void> {
    await this.#signaling.request('session:end', {});
    this.#over({ why: 'ended', reason: 'ended-by-owner' });
  }

  /** Drops everything without a word to the room: the page is going away. */
  close(): void {
    clearTimeout(this.#retryTimer);
    this.texts.close();
    for (const undo of this.#undo.splice(0)) undo();
    this.#keeper.close();
    this.levels.close();
    this.#signaling.close();
  }

  #onConnect(): void {
    this.#socketUp = true;
    void this.#join();
  }

  /** One join at a time; a wish that comes meanwhile is served afterwards. */
  async #join(): Promise<void> {
    if (!this.#socketUp || this.#isOver()) return;
    if (this.#joining) {
      this.#joinAgain = true;
      return;
    }
    this.#joining = true;
    try {
      do {
        this.#joinAgain = false;
        await this.#joinOnce();
      } while (this.#joinAgain && this.#socketUp && !this.#isOver());
    } finally {
      this.#joining = false;
    }
  }

  async #joinOnce(): Promise<void> {
    const afterSeq = this.snapshot.get().room?.sequence.last ?? 0;
    try {
      this.#asking = true;
      const resume = this.#keeper.standing;
      const reply = await this.#signaling.request('session:join', {
        protocol: PROTOCOL_VERSION,
        afterSeq,
        resume,
      });
      this.#asking = false;
      if (!this.#socketUp || this.#isOver()) return;
      this.#iceServers = reply.iceServers;
      const room = model.enterRoom(this.snapshot.get().room, reply);
      this.#patch({ room, link: stepLink(this.snapshot.get().link, { type: 'joined' }) });
      if (reply.events.length >= JOIN_PAGE || room.sequence.early.size > 0) void this.#feed.catchUp();
      if (reply.me.muted !== this.snapshot.get().muted) this.#tellMuted();
      await this.#keeper.joined(reply.routerRtpCapabilities);
    } catch (error) {
      this.#asking = false;
      if (this.#isOver() || !this.#socketUp) return;
      const over = finalRefusal(error);
      if (over !== undefined) return this.#over(over);
      this.#lost(error instanceof AppError ? error : null);
    }
  }

  #onDisconnect(refusal: ErrorBody | null): void {
    if (this.#isOver()) return;
    const error = refusal === null ? null : new AppError(refusal.code, refusal.message);
    const over = finalRefusal(error);
    if (over === undefined) this.#lost(error);
    else this.#over(over);
  }

  #lost(error: AppError | null): void {
    this.#socketUp = false;
    this.#signaling.close();
    clearTimeout(this.#retryTimer);
    const { link } = this.snapshot.get();
    const wait = backoffMs(attemptOf(link) + 1);
    const problem = error === null ? null : describeProblem(error);
    this.#patch({ link: stepLink(link, { type: 'lost', retryAt: Date.now() + wait, problem }) });
    this.#retryTimer = setTimeout(this.retryNow, wait);
  }

  #onGoodbye(goodbye: Goodbye): void {
    const over = finalGoodbye(goodbye, this.#leaving);
    if (over !== undefined) this.#over(over);
  }

  #onEvent(event: SessionEvent): void {
    if (this.#isOver()) return;
    this.#feed.receive(event);
    if (event.type === 'session:ended') this.#over({ why: 'ended', reason: event.data.reason });
  }

  #onMessage(text: string): void {
    const message = readMessage(text);
    if (message === undefined || message.type === 'pong') return;
    if (message.type === 'levels')
      return this.levels.set({ ...message.participants, [ASSISTANT]: message.assistant });
    if (message.type === 'text:result') this.texts.answered(message.id);
    this.asks.heard(message, this.#options.seat.participantId);
    this.#patchRoom((room) => model.applyMessage(room, message, Date.now()));
    if (message.type === 'room:state')
      this.#keeper.sync(wantedVoices(message, this.#options.seat.participantId));
  }

  #onTrouble(what: 'microphone' | 'voice', error: unknown): void {
    if (what === 'microphone') return this.#patch({ microphoneTrouble: describeProblem(error).text });
    const message = 'One voice could not be fetched. If you miss somebody, reconnect the sound.';
    this.#patchRoom((room) => model.applyMessage(room, { type: 'notice', level: 'warning', message }, 0));
  }

  #tellMuted(): void {
    const { muted } = this.snapshot.get();
    // If it cannot be said now, the next join says it.
    if (this.#isLive()) this.#signaling.request('participant:mute', { muted }).catch(() => undefined);
  }

  #send(message: UpwardMessage): boolean {
    return this.#keeper.media?.send(JSON.stringify(message)) ?? false;
  }

  #track(): MediaStreamTrack | null {
    const state = this.#options.microphone.state.get();
    return !this.#options.seat.listenOnly && state.at === 'on' ? state.track : null;
  }

  #over(over: Over, { keepSocket = false } = {}): void {
    if (this.#isOver()) return;
    this.#patch({ link: stepLink(this.snapshot.get().link, { type: 'over', over }) });
    clearTimeout(this.#retryTimer);
    for (const undo of this.#undo.splice(0)) undo();
    this.#keeper.close();
    if (!keepSocket) this.#signaling.close();
  }

  readonly #isLive = (): boolean => this.#socketUp && this.snapshot.get().link.at === 'live';
  readonly #isOver = (): boolean => this.snapshot.get().link.at === 'over';

  #patch(change: Partial<SessionSnapshot>): void {
    this.snapshot.update((snapshot) => ({ ...snapshot, ...change }));
  }

  #patchRoom(change: (room: model.RoomModel) => model.RoomModel): void {
    const { room } = this.snapshot.get();
    if (room !== null) this.#patch({ room: change(room) });
  }
}
