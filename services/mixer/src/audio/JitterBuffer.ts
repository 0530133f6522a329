import { RTP_CLOCK_RATE, RTP_TICKS_PER_FRAME, SAMPLE_RATE } from '@parley/contract';
import { DelayEstimate, MAX_DELAY_MS } from './DelayEstimate.ts';
import { isDtx, opusTicks } from './opusPacket.ts';
import { PacketOrder } from './PacketOrder.ts';
import type { RtpPacket } from './rtp.ts';

/**
 * What is due. `lost`: `samples` (24 kHz) should be heard and are not there; `next` is given when the packet that follows
 * directly is there and its FEC may carry them. `silence`: the sender sends nothing (DTX, muted, gone). `wait`: packets
 * are there, their time has not come.
 */
export type JitterTake =
  | { kind: 'packet'; packet: RtpPacket }
  | { kind: 'lost'; samples: number; next?: RtpPacket }
  | { kind: 'silence' }
  | { kind: 'wait' };

export interface JitterStats {
  /** Packets that came, whatever became of them. */
  received: number;
  /** Packets that were missing when their time came. */
  lost: number;
  /** Packets that came after their time, or were thrown away to get back to it. */
  late: number;
  duplicate: number;
  /** Frames of 20 ms for which there was no packet. */
  concealed: number;
  /** What the buffer adds at present between the fastest possible arrival and the ear, ms. */
  delayMs: number;
}

interface Entry {
  readonly packet: RtpPacket;
  /** Unwrapped, as are the ticks. */
  readonly sequence: number;
  readonly ticks: number;
  readonly duration: number;
}

/** Beyond it the oldest go: a second and more of 20 ms packets, for a buffer that nobody takes from. */
const MAX_PACKETS = 64;
/**
 * Nobody takes while a room sleeps, and what comes then is silent: only the last 1.5 s of it are kept, so that a sleeping
 * room holds few packets.
 */
const KEPT_WAITING_TICKS = 1.5 * RTP_CLOCK_RATE;
/** Longer gaps are not made up for: what concealment says then has nothing to do with the speaker any more. */
const MAX_CONCEAL_TICKS = 5 * RTP_TICKS_PER_FRAME;
/** libopus conceals in steps of 2.5 ms; smaller gaps are rounding. */
const CONCEAL_STEP_TICKS = 120;
const TICKS_PER_SAMPLE = RTP_CLOCK_RATE / SAMPLE_RATE;
const TICKS_PER_MS = RTP_CLOCK_RATE / 1000;

/** A line that has lost a packet lately gets a frame more: in it the next packet can bring its FEC. */
const LOSSY_DELAY_MS = 25;
const LOSSY_FOR_MS = 30_000;

/** In a pause the delay goes back to its target when it is off by more than this. */
const TOO_SLOW_MS = 30;
const TOO_FAST_MS = 5;
/** While somebody speaks a packet is left out only when the delay is off by this much, and only one a second. */
const TOO_SLOW_IN_SPEECH_MS = 60;
const LEFT_OUT_EVERY_MS = 1_000;
/** Louder packets are not left out for being in a pause. */
const FAINT_DBOV = -50;
/** Whatever is being said: beyond this the listener is taken back to the present at once. */
const HOPELESS_MS = MAX_DELAY_MS + 100;
/** A timestamp this far from the packets before it belongs to a clock that was set anew. */
const STRANGE_MS = 2_000;

const isFaint = ({ level, payload }: RtpPacket): boolean =>
  isDtx(payload) || (level !== undefined && level.dbov <= FAINT_DBOV);

const SILENCE: JitterTake = { kind: 'silence' };
const WAIT: JitterTake = { kind: 'wait' };

/**
 * Puts one stream's packets in order and decides what is heard when. Time passes by `take`: an answer of `packet` or
 * `lost` is that much audio. A packet that is merely late is waited for behind concealment, which makes the delay longer;
 * pauses, and in need single packets, make it shorter again. So it follows both the network and the sender's clock, and
 * stays in real time.
 */
export class JitterBuffer {
  readonly #estimate = new DelayEstimate();
  readonly #counts = { received: 0, lost: 0, late: 0, duplicate: 0, concealed: 0 };
  #order: PacketOrder | undefined;
  #ssrc: number | undefined;
  /** By time. */
  #queue: Entry[] = [];
  /** While something is being said; in between the next packet waits until its delay has reached the target. */
  #playing = false;
  /** What is due next, in ticks. What is stamped earlier comes too late. */
  #position = -Infinity;
  /** The last packet that was heard or left out. */
  #passed: Entry | undefined;
  /** Concealed while nothing was there, in ticks: if a gap follows, it is that much shorter. */
  #owed = 0;
  #concealedInARow = 0;
  #leftOutAtMs = -Infinity;
  #lostAtMs = -Infinity;
  #delayMs = 0;

  /** Takes a packet as it came. `packet.payload` must stay untouched until it was taken. */
  put(packet: RtpPacket, nowMs: number): void {
    this.#counts.received++;
    let order = packet.ssrc === this.#ssrc ? this.#order : undefined;
    order ??= this.#restart(packet);
    let place = order.place(packet, (ticks) => this.#isStrange(ticks, nowMs));
    if (place.kind === 'restart') place = this.#restart(packet).place(packet, () => false);
    if (place.kind === 'duplicate') this.#counts.duplicate++;
    else if (place.kind === 'strange') this.#counts.late++;
    else if (place.kind === 'new') this.#arrive(packet, place.sequence, place.ticks, nowMs);
  }

  /** What is due at `nowMs`. `quiet` says that what was heard last is so faint that time may be left out or added. */
  take(nowMs: number, quiet = false): JitterTake {
    if (!this.#playing) {
      this.#passSilence(nowMs);
      const [next] = this.#queue;
      if (!next) return SILENCE;
      if (this.#estimate.delayMs(next.ticks, nowMs) < this.targetMs(nowMs)) return WAIT;
      this.#begin(next);
    }
    this.#delayMs = this.#estimate.delayMs(this.#position, nowMs);
    this.#shorten(nowMs, quiet);
    const [head] = this.#queue;
    if (!head) return this.#underrun();
    if (quiet && this.#delayMs < this.targetMs(nowMs) - TOO_FAST_MS) return WAIT;
    const gap = this.#gapBefore(head, nowMs);
    if (gap >= CONCEAL_STEP_TICKS) return this.#bridge(head, gap) ?? this.take(nowMs, quiet);
    this.#pass(head, nowMs);
    this.#queue.shift();
    this.#owed = 0;
    this.#concealedInARow = 0;
    return { kind: 'packet', packet: head.packet };
  }

  /** Throws away what waits; the next packet begins anew. */
  clear(): void {
    this.#queue = [];
    this.#playing = false;
    this.#ssrc = undefined;
  }

  /** True when no packet waits and nothing is being concealed. */
  get idle(): boolean {
    return !this.#playing && this.#queue.length === 0;
  }

  /** How long a packet is held back after the fastest possible arrival, ms. */
  targetMs(nowMs: number): number {
    const { targetMs } = this.#estimate;
    return nowMs - this.#lostAtMs < LOSSY_FOR_MS ? Math.max(LOSSY_DELAY_MS, targetMs) : targetMs;
  }

  get stats(): JitterStats {
    return { ...this.#counts, delayMs: Math.round(Math.max(0, this.#delayMs)) };
  }

  /** Another stream, or the same one with new numbers: nothing of before fits it but the jitter. */
  #restart(first: RtpPacket): PacketOrder {
    this.#ssrc = first.ssrc;
    this.#queue = [];
    this.#playing = false;
    this.#position = -Infinity;
    this.#passed = undefined;
    this.#estimate.rebase();
    return (this.#order = new PacketOrder(first));
  }

  #isStrange(ticks: number, nowMs: number): boolean {
    return !this.idle && !this.#estimate.blank && Math.abs(this.#estimate.delayMs(ticks, nowMs)) > STRANGE_MS;
  }

  #arrive(packet: RtpPacket, sequence: number, ticks: number, nowMs: number): void {
    const duration = opusTicks(packet.payload);
    if (duration === 0) return;
    // After a pause in which the sender's clock stood still, or a long hold-up, lateness says nothing.
    if (this.idle && this.#estimate.delayMs(ticks, nowMs) > MAX_DELAY_MS) this.#estimate.rebase();
    this.#estimate.add(ticks, nowMs);
    if (ticks < this.#position) {
      this.#counts.late++;
      return;
    }
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1]?.ticks ?? 0) > ticks) at--;
    this.#queue.splice(at, 0, { packet, sequence, ticks, duration });
    if (this.#queue.length > MAX_PACKETS || this.#isStale()) this.#leaveOut(nowMs);
  }

  /** The oldest packet that waits to begin has waited for too long. */
  #isStale(): boolean {
    const [oldest] = this.#queue;
    const newest = this.#queue.at(-1);
    return !this.#playing && !!oldest && !!newest && newest.ticks - oldest.ticks > KEPT_WAITING_TICKS;
  }

  /** Nothing is heard yet: silence is not played before what is due already. */
  #passSilence(nowMs: number): void {
    for (;;) {
      const [head, second] = this.#queue;
      if (!head || !second || !isFaint(head.packet)) return;
      if (this.#estimate.delayMs(second.ticks, nowMs) < this.targetMs(nowMs)) return;
      this.#leaveOut(nowMs);
    }
  }

  #begin(next: Entry): void {
    this.#playing = true;
    this.#position = next.ticks;
    this.#owed = 0;
    this.#concealedInARow = 0;
  }

  /** The head is heard or left out: time goes on behind it. */
  #pass(head: Entry, nowMs: number): void {
    const lost = this.#passed ? Math.max(0, head.sequence - this.#passed.sequence - 1) : 0;
    this.#counts.lost += lost;
    if (lost > 0) this.#lostAtMs = nowMs;
    this.#passed = head;
    this.#position = Math.max(this.#position, head.ticks + head.duration);
  }

  #leaveOut(nowMs: number): void {
    const head = this.#queue.shift();
    if (!head) return;
    this.#counts.late++;
    this.#pass(head, nowMs);
  }

  /** Takes the delay back towards its target, if it is too long and this is the moment. */
  #shorten(nowMs: number, quiet: boolean): void {
    const [head, second] = this.#queue;
    if (!head || !second) return;
    const targetMs = this.targetMs(nowMs);
    const tooLongMs = this.#delayMs - targetMs;
    if (this.#delayMs > HOPELESS_MS) {
      while (this.#queue.length > 1 && this.#delayMs > targetMs) this.#skip(nowMs);
      return;
    }
    // Of a packet without a level what was heard before it must do.
    const faint = quiet && (!head.packet.level || isFaint(head.packet));
    const inPause = faint && tooLongMs > Math.max(TOO_SLOW_MS, head.duration / TICKS_PER_MS + 10);
    const inSpeech = tooLongMs > TOO_SLOW_IN_SPEECH_MS && nowMs - this.#leftOutAtMs >= LEFT_OUT_EVERY_MS;
    if (!inPause && !inSpeech) return;
    this.#leftOutAtMs = nowMs;
    this.#skip(nowMs);
  }

  /** Leaves out the gap before the head, or else the head. */
  #skip(nowMs: number): void {
    const [head] = this.#queue;
    if (head && head.ticks - this.#position >= CONCEAL_STEP_TICKS) this.#position = head.ticks;
    else this.#leaveOut(nowMs);
    this.#delayMs = this.#estimate.delayMs(this.#position, nowMs);
  }

  /** Nothing is there. After a DTX packet that is meant so; else the next packet is late or lost, which time will tell. */
  #underrun(): JitterTake {
    const meant = this.#passed !== undefined && isDtx(this.#passed.packet.payload);
    if (meant || this.#concealedInARow >= MAX_CONCEAL_TICKS) {
      this.#playing = false;
      return SILENCE;
    }
    this.#owed += RTP_TICKS_PER_FRAME;
    return this.#conceal(RTP_TICKS_PER_FRAME);
  }

  /**
   * What is missing before the head, less what was concealed for it already. On a line that loses packets it is heard all the
   * same, from the FEC: that is how the delay gets long enough for it.
   */
  #gapBefore(head: Entry, nowMs: number): number {
    const gap = head.ticks - this.#position;
    if (gap <= 0) return 0;
    const missing = this.#passed !== undefined && head.sequence > this.#passed.sequence + 1;
    if (missing) this.#lostAtMs = nowMs;
    const tooShort = missing && this.#estimate.delayMs(head.ticks, nowMs) < this.targetMs(nowMs);
    const concealed = tooShort ? 0 : Math.min(gap, this.#owed);
    this.#owed = 0;
    this.#position += concealed;
    return gap - concealed;
  }

  /** Undefined when the gap is a pause: then the head has to wait for its time again. */
  #bridge(head: Entry, gap: number): JitterTake | undefined {
    const missing = this.#passed ? head.sequence - this.#passed.sequence - 1 : 0;
    const afterDtx = this.#passed !== undefined && isDtx(this.#passed.packet.payload);
    if (missing <= 0 || afterDtx || this.#concealedInARow >= MAX_CONCEAL_TICKS) {
      this.#playing = false;
      return undefined;
    }
    const ticks = Math.min(RTP_TICKS_PER_FRAME, gap - (gap % CONCEAL_STEP_TICKS));
    this.#position += ticks;
    return this.#conceal(ticks, ticks >= gap - CONCEAL_STEP_TICKS ? head.packet : undefined);
  }

  #conceal(ticks: number, next?: RtpPacket): JitterTake {
    this.#counts.concealed++;
    this.#concealedInARow += ticks;
    return { kind: 'lost', samples: ticks / TICKS_PER_SAMPLE, ...(next && { next }) };
  }
}
