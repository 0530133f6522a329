import { BlockList } from 'node:net';
import {
  type ConversationSettings,
  type MediaCommand,
  MEDIA_COMMANDS,
  newParticipantId,
  newSessionId,
  type NewEvent,
  type ParticipantId,
  type Role,
  type RtpAddress,
  type RtpWishes,
  type SessionId,
  DEFAULT_CONVERSATION,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { FrameClock } from '@parley/mixer/audio/FrameClock';
import { loadOpus } from '@parley/mixer/audio/opus';
import { Peer } from '@parley/mixer/bridge/Peer';
import { MediaEngine, type MediaEngineOptions } from '@parley/mixer/media/MediaEngine';
import { Rooms, type RoomsOptions } from '@parley/mixer/room/Rooms';
import { systemClock } from '@parley/mixer/room/systemClock';
import { noRtpCounts } from '@parley/mixer/rtp/RtpGuard';
import { RtpPort } from '@parley/mixer/rtp/RtpPort';
import { readSources } from '@parley/mixer/rtp/sources';
import { warmUp } from '@parley/mixer/room/warmUp';
import { FakeAssistant } from '@parley/mixer/testing/FakeAssistant';
import type { z } from 'zod';

type WorkersOptions = Pick<MediaEngineOptions, 'workers' | 'participantsPerWorker'> & {
  rtpSilenceMs?: number;
};
const ADDRESS = { listenIp: '127.0.0.1', announcedAddress: undefined };

type MadeAssistant = ReturnType<RoomsOptions['makeAssistant']>;
type MakeAssistant<Made> = (...args: Parameters<RoomsOptions['makeAssistant']>) => Made;

/** A mixer in this process with the real media worker and real Opus; only the assistants are fakes, if nobody asks for others. */
export class TestMixer<Made extends MadeAssistant = FakeAssistant> {
  readonly rooms: Rooms;
  readonly media: MediaEngine;
  readonly frameClock = new FrameClock();
  readonly facts: NewEvent[] = [];
  readonly rtpCounts = noRtpCounts();
  readonly gone: ParticipantId[] = [];
  readonly closed: string[] = [];
  readonly #assistants: Made[] = [];
  readonly #scope = new Scope();

  private constructor(
    codec: Awaited<ReturnType<typeof loadOpus>>,
    makeAssistant: MakeAssistant<Made>,
    { rtpSilenceMs = 30_000, ...workers }: WorkersOptions,
  ) {
    const common = { ...ADDRESS, clock: systemClock, log: silentLog };
    const workerBin = process.env['MEDIASOUP_WORKER_BIN'];
    this.media = this.#scope.own(new MediaEngine({ ...common, workerBin, port: 0, ...workers }));
    this.#scope.own(this.frameClock);
    this.rooms = new Rooms({
      openMedia: () => this.media.openRoom(),
      openRtp: (options) =>
        RtpPort.open(
          {
            ...common,
            ports: undefined,
            allowed: readSources('127.0.0.1') ?? new BlockList(),
            silenceMs: rtpSilenceMs,
            counts: this.rtpCounts,
          },
          options,
        ),
      openPeer: (options) => Peer.open({ ...common, ports: undefined }, options),
      makeAssistant: (...args) => {
        const assistant = makeAssistant(...args);
        this.#assistants.push(assistant);
        return assistant;
      },
      codec,
      frameClock: this.frameClock,
      clock: systemClock,
      facts: { append: (event) => this.facts.push(event), flushed: () => Promise.resolve() },
      maxRooms: 10,
      log: silentLog,
    });
    this.#scope.add(() => this.rooms.drain());
    this.rooms.events.on('gone', (_session, participant) => this.gone.push(participant));
    this.rooms.events.on('closed', (_session, reason) => this.closed.push(reason));
  }

  static start(workers: WorkersOptions = {}): Promise<TestMixer> {
    return TestMixer.startWith(() => new FakeAssistant(), workers);
  }

  static async startWith<Made extends MadeAssistant>(
    makeAssistant: MakeAssistant<Made>,
    workers: WorkersOptions = {},
  ): Promise<TestMixer<Made>> {
    const codec = await loadOpus();
    warmUp(codec);
    const mixer = new TestMixer(codec, makeAssistant, workers);
    await mixer.media.open();
    return mixer;
  }

  async openRoom(conversation: Partial<ConversationSettings> = {}): Promise<TestRoom<Made>> {
    const sessionId = newSessionId();
    const settings = {
      title: 'Test',
      voice: 'marin' as const,
      agentName: 'Parley',
      systemPrompt: '',
      conversationId: null,
      conversation: { ...DEFAULT_CONVERSATION, ...conversation },
    };
    const reply = await this.rooms.handlers['room:open']({ sessionId, settings, awaitAssistant: false });
    const assistant = this.#assistants.at(-1);
    if (!assistant) throw new Error('No assistant');
    return new TestRoom(this.rooms, sessionId, assistant, reply.routerRtpCapabilities);
  }

  close(): Promise<void> {
    return this.#scope.close();
  }
}

type Reply<Name extends MediaCommand> = z.infer<(typeof MEDIA_COMMANDS)[Name]['reply']>;

/** One open room, asked as a hub asks. */
export class TestRoom<Made = FakeAssistant> {
  readonly #rooms: Rooms;
  readonly sessionId: SessionId;
  readonly assistant: Made;
  readonly routerRtpCapabilities: Record<string, unknown>;

  constructor(
    rooms: Rooms,
    sessionId: SessionId,
    assistant: Made,
    routerRtpCapabilities: Record<string, unknown>,
  ) {
    this.#rooms = rooms;
    this.sessionId = sessionId;
    this.assistant = assistant;
    this.routerRtpCapabilities = routerRtpCapabilities;
  }

  async join(
    name: string,
    { role = 'speaker', id = newParticipantId() }: { role?: Role; id?: ParticipantId } = {},
  ): Promise<ParticipantId> {
    const { handlers } = this.#rooms;
    await handlers['participant:join']({ sessionId: this.sessionId, participantId: id, name, role });
    return id;
  }

  /** The answer to a plain SDP peer's offer. */
  async bridge(participantId: ParticipantId, sdp: string, role: Role = 'speaker'): Promise<string> {
    const { handlers } = this.#rooms;
    const body = { sessionId: this.sessionId, participantId, name: 'Plain', role, sdp };
    return (await handlers['bridge:join'](body)).sdp;
  }

  /** Where a plain RTP participant sends to. */
  async rtp(participantId: ParticipantId, wishes: RtpWishes): Promise<RtpAddress> {
    const { handlers } = this.#rooms;
    const who = { sessionId: this.sessionId, participantId, name: 'Plain', role: 'speaker' as const };
    return handlers['rtp:join']({ ...who, wishes });
  }

  /** The reply is checked against the contract. */
  async command<Name extends MediaCommand>(
    participantId: ParticipantId,
    name: Name,
    body: unknown,
  ): Promise<Reply<Name>> {
    const { handlers } = this.#rooms;
    const reply = await handlers['media:command']({ sessionId: this.sessionId, participantId, name, body });
    return MEDIA_COMMANDS[name].reply.parse(JSON.parse(JSON.stringify(reply))) as Reply<Name>;
  }

  async mute(participantId: ParticipantId, muted: boolean): Promise<void> {
    await this.#rooms.handlers['participant:mute']({ sessionId: this.sessionId, participantId, muted });
  }

  async leave(participantId: ParticipantId): Promise<void> {
    await this.#rooms.handlers['participant:leave']({ sessionId: this.sessionId, participantId });
  }

  async close(): Promise<void> {
    await this.#rooms.handlers['room:close']({ sessionId: this.sessionId });
  }
}
