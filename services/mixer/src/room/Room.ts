import { EventEmitter } from 'node:events';
import {
  AppError,
  type ClientKind,
  type EventData,
  type MediaCommand,
  newEventId,
  type ParticipantId,
  type RtpAddress,
  type RtpWishes,
  type SessionId,
} from '@parley/contract';
import { Announcer } from './Announcer.ts';
import type { AssistantFact } from './Assistant.ts';
import { addCounts, type AudioCounts, noAudio } from './AudioTotals.ts';
import { Floor } from './Floor.ts';
import { Inbox } from './Inbox.ts';
import type { DeviceLine, EarLine, Line, Microphone, PeerOptions, RoomMedia } from './mediaPorts.ts';
import { type Identity, Member, type MutedBy } from './Member.ts';
import { RoomAudio } from './RoomAudio.ts';
import { RoomDevices } from './RoomDevices.ts';
import {
  EMPTY_ROOM_MS,
  LINGER_MS,
  type RoomAssistant,
  type RoomCloseReason,
  type RoomEvents,
  type RoomOptions,
} from './roomPorts.ts';

/**
 * The live half of one session: who is in it, the mix that the assistant hears, the reply that everybody hears.
 * Owns its members, its assistant and its media: they close with it.
 */
export class Room {
  readonly events = new EventEmitter<RoomEvents>();
  readonly #options: RoomOptions;
  readonly #members = new Map<ParticipantId, Member>();
  readonly #names = new Map<ParticipantId, string>();
  readonly #floor: Floor;
  readonly #announcer: Announcer;
  readonly #devices: RoomDevices;
  readonly #audio: RoomAudio;
  readonly #counts = noAudio();
  #faults = 0;
  #silent = false;
  #epoch: number | undefined;
  #cancelEmpty: (() => void) | undefined;
  #closed = false;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#epoch = options.epoch;
    const { media, assistant, codec, frameClock } = options;
    this.#floor = new Floor(options.clock, () => this.#floorChanged());
    this.#announcer = new Announcer({ media, members: this.#members, assistant, floor: this.#floor });
    this.#devices = new RoomDevices({
      fact: (data) => this.#record({ type: 'devices:grouped', data }),
      tell: (message) => this.#announcer.tell(message),
    });
    this.#audio = new RoomAudio({
      members: this.#members,
      names: this.#names,
      assistant,
      hearing: this.#devices.hearing,
      codec,
      speak: (payload, track) => media.speak(payload, track),
      frameClock,
      onLevels: (levels) => this.#announcer.tell({ type: 'levels', ...levels }),
      onFault: (error) => this.#fault(error),
    });
    media.events.once('lost', () => this.close('worker-died'));
    this.#listen();
    this.#watchEmpty();
  }

  get sessionId(): SessionId {
    return this.#options.sessionId;
  }

  get epoch(): number | undefined {
    return this.#epoch;
  }

  /** It was given to this mixer once more, and to nobody in between: it goes on. */
  renew(epoch: number): void {
    this.#epoch = epoch;
  }

  get participants(): number {
    return this.#members.size;
  }

  get assistant(): RoomAssistant {
    return this.#options.assistant;
  }

  get routerRtpCapabilities(): RoomMedia['routerRtpCapabilities'] {
    return this.#options.media.routerRtpCapabilities;
  }

  /** True while the room is on the frame clock. */
  get awake(): boolean {
    return this.#audio.awake;
  }

  /** True once there was something to hear. */
  get talked(): boolean {
    return this.#audio.woken;
  }

  /** What its sources have counted so far, those that left included. */
  audioCounts(): AudioCounts {
    const sum = { ...this.#counts };
    for (const { source } of this.#members.values()) if (source) addCounts(sum, source.stats);
    return sum;
  }

  /** Lets a browser in. A former line with the same ID goes on if it is to be resumed, else it is dropped; its mute stays. */
  join(identity: Identity, resume = false): void {
    this.#refuseClosed();
    const former = this.#members.get(identity.id);
    if (resume && former && isDevice(former.line)) return;
    this.#admit(
      identity,
      this.#options.media.openDevice({ maySpeak: identity.role !== 'listener' }),
      'browser',
    );
  }

  /** Lets a plain SDP peer in and returns the answer to its offer. */
  async joinPeer(identity: Identity, sdp: string): Promise<string> {
    const { openPeer } = this.#options;
    const { answer } = await this.#letIn(identity, 'sdp', (common) => openPeer({ sdp, ...common }));
    return answer;
  }

  /** Lets plain RTP in and returns where it is to send to. */
  async joinRtp(identity: Identity, wishes: RtpWishes): Promise<RtpAddress> {
    const { openRtp } = this.#options;
    const { address } = await this.#letIn(identity, 'rtp', (common) => openRtp({ wishes, ...common }));
    return address;
  }

  /** Harmless for somebody who is not in. */
  leave(id: ParticipantId): void {
    const member = this.#members.get(id);
    if (member) this.#remove(member);
  }

  /** A microphone is heard when neither its device nor an owner has muted it. */
  async mute(id: ParticipantId, muted: boolean, by: MutedBy = 'self'): Promise<void> {
    const member = this.#member(id);
    if (member.isMuted(by) === muted) return;
    const muting = member.mute(muted, by);
    this.#announcer.tellState();
    await muting;
  }

  /** Takes devices for one physical room. Throws `participant-not-found` for one that is not in, `bad-request`. */
  group(asking: ParticipantId, participantIds: readonly ParticipantId[]): void {
    for (const id of [asking, ...participantIds]) this.#member(id);
    this.#devices.group(asking, participantIds);
  }

  async command(id: ParticipantId, name: MediaCommand, body: unknown): Promise<unknown> {
    const { line } = this.#member(id);
    if (!isDevice(line))
      throw new AppError('bad-request', 'A plain peer negotiates when it joins, not by media commands.');
    return line.command(name, body);
  }

  /** Something that every device should show. */
  notify(level: 'info' | 'warning' | 'error', message: string): void {
    this.#announcer.tell({ type: 'notice', level, message });
  }

  /** Ends the conversation. The devices stay connected to each other for a moment: their next room is being opened. */
  retire(): void {
    if (this.#closed || this.#silent) return;
    this.#audio.close();
    this.#options.assistant.close();
    this.#silent = true;
    this.#options.log.info('room retired');
    this.#options.clock.after(LINGER_MS, () => this.close('given-away'));
    this.events.emit('retired');
  }

  /** Flag first, children next, event last; harmless twice. What was given away comes to its end without a word. */
  close(reason: RoomCloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#silent ||= reason === 'given-away';
    this.#cancelEmpty?.();
    this.#announcer.close();
    this.#floor.close();
    this.#audio.close();
    for (const member of this.#members.values()) member.close();
    this.#members.clear();
    this.#options.assistant.close();
    this.#options.media.close();
    this.#options.log.info({ reason }, 'room closed');
    this.events.emit('closed', reason);
  }

  #listen(): void {
    const { assistant } = this.#options;
    assistant.events.on('state', (state) => {
      this.#announcer.tell({ type: 'assistant:state', assistant: state });
      if (state.phase === 'speaking') this.#audio.wake(0);
      else if (state.phase === 'thinking') this.#audio.wake();
    });
    assistant.events.on('fact', (fact) => this.#record(fact));
    assistant.events.on('delta', (delta) => this.#announcer.tell({ type: 'transcript:delta', ...delta }));
    assistant.events.on('cost', (cost) => this.#announcer.tell({ type: 'cost', ...cost }));
    assistant.events.on('playout', (position) => {
      this.#announcer.tell({ type: 'playout', ...position });
      if (assistant.hasOutput) this.#audio.wake();
    });
    assistant.events.on('notice', (level, message) => this.notify(level, message));
  }

  async #letIn<Opened extends EarLine>(
    identity: Identity,
    client: ClientKind,
    open: (common: Omit<PeerOptions, 'sdp'>) => Promise<Opened>,
  ): Promise<Opened> {
    this.#refuseClosed();
    const { media } = this.#options;
    const line = await open({ maySpeak: identity.role !== 'listener', inject: () => media.inject() });
    if (this.#closed) line.close();
    this.#refuseClosed();
    this.#admit(identity, line, client, line);
    return line;
  }

  #admit({ id, name, role }: Identity, line: Line, client: ClientKind, peer?: EarLine): void {
    const { codec, clock, log } = this.#options;
    const former = this.#members.get(id);
    former?.close();
    this.#floor.release(id);
    const member: Member = new Member({
      id,
      name,
      role,
      line,
      peer,
      muted: former?.mutedBy ?? [],
      codec,
      now: () => clock.now(),
      onSound: (dueInMs) => this.#audio.wake(dueInMs),
      onSourceClosed: (stats) => addCounts(this.#counts, stats),
    });
    this.#members.set(id, member);
    this.#names.set(id, name);
    this.#options.assistant.meet(id, role);
    this.#cancelEmpty?.();
    this.#cancelEmpty = undefined;
    this.#countPeople();
    this.#attend(member);
    log.info({ participantId: id, role, client }, 'participant in the room');
    this.#announcer.tellState();
  }

  /** To what its line tells, for as long as this member has the place. */
  #attend(member: Member): void {
    const { id, name, line } = member;
    const { assistant, clock } = this.#options;
    const inbox = new Inbox(member, {
      reply: (message) => line.send(JSON.stringify(message)),
      greet: () => {
        this.#announcer.greet(member);
        line.send(JSON.stringify(this.#devices.message));
      },
      sendText: (text) => assistant.sendText({ ...text, participantId: id, name }),
      hold: (holds) => (holds ? this.#floor.hold(id) : this.#floor.release(id)),
      reported: (report) => assistant.reported(id, report),
      now: () => clock.now(),
    });
    const there = () => this.#members.get(id) === member;
    line.events.on('unreachable', () => {
      if (there()) this.#floor.release(id);
    });
    line.events.on('message', (bytes) => {
      if (there()) inbox.take(bytes);
    });
    line.events.on('microphone', (microphone) => this.#adopt(member, microphone));
    line.events.once('gone', (reason) => {
      if (!there()) return;
      this.#remove(member);
      this.events.emit('gone', id, reason);
    });
  }

  #adopt(member: Member, microphone: Microphone): void {
    member.adopt(microphone);
    microphone.events.once('closed', () => {
      if (member.lost(microphone)) this.#announcer.tellState();
    });
    if (member.muted)
      member
        .applyMute()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'microphone not muted'));
    this.#announcer.tellState();
  }

  #remove(member: Member): void {
    this.#members.delete(member.id);
    this.#names.delete(member.id);
    member.close();
    this.#floor.release(member.id);
    this.#countPeople();
    this.#devices.left(member.id);
    this.#options.log.info({ participantId: member.id }, 'participant out of the room');
    this.#announcer.tellState();
    this.#watchEmpty();
  }

  #floorChanged(): void {
    this.#options.assistant.hold(this.#floor.holders);
    this.#announcer.tellFloor();
    this.#audio.wake();
  }

  #countPeople(): void {
    const speakers = [...this.#members.values()].filter(({ role }) => role !== 'listener');
    this.#options.assistant.setPeople(speakers.length);
  }

  #watchEmpty(): void {
    if (this.#closed || this.#members.size > 0) return;
    this.#cancelEmpty?.();
    this.#cancelEmpty = this.#options.clock.after(EMPTY_ROOM_MS, () => {
      if (this.#members.size === 0) this.close('empty');
    });
  }

  #record(fact: AssistantFact | { type: 'devices:grouped'; data: EventData<'devices:grouped'> }): void {
    const { facts, sessionId, beforeTelling } = this.#options;
    beforeTelling?.();
    if (this.#silent) return;
    facts.append({ id: newEventId(), sessionId, at: Date.now(), ...fact }, this);
  }

  /** A frame could not be made. Fifty may come in a second: the first one and every thousandth are logged. */
  #fault(error: unknown): void {
    if (this.#faults++ % 1_000 === 0)
      this.#options.log.error({ err: error, faults: this.#faults }, 'frame failed');
  }

  #member(id: ParticipantId): Member {
    this.#refuseClosed();
    const member = this.#members.get(id);
    if (member) return member;
    throw new AppError('participant-not-found', 'This device is not in the room. Join the session again.');
  }

  #refuseClosed(): void {
    if (this.#closed) throw new AppError('session-not-found', 'This room is closed. Join the session again.');
  }
}

const isDevice = (line: Line): line is DeviceLine => 'command' in line;
