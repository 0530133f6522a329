import { z } from 'zod';
import { TokenUsage } from './events.ts';
import { MediaId } from './media.ts';
import { ParticipantId } from './ids.ts';

/** The label of the data channels in both directions, at mediasoup and at the bridge. Messages are JSON text. */
export const DATA_CHANNEL_LABEL = 'parley';
/** Longer messages upward are refused. */
export const MAX_UPWARD_BYTES = 16_384;

/**
 * connecting: the provider link is being made · listening · thinking: a response was asked for, nothing heard yet ·
 * speaking · paused: the cost limit is reached · unavailable: no link; `message` says why, the humans go on.
 */
export const AssistantPhase = z.enum([
  'connecting',
  'listening',
  'thinking',
  'speaking',
  'paused',
  'unavailable',
]);
export type AssistantPhase = z.infer<typeof AssistantPhase>;

export const AssistantState = z.object({
  phase: AssistantPhase,
  /** True while the voice is the simulator's; the page must say so. */
  simulated: z.boolean(),
  message: z.string().nullable(),
});
export type AssistantState = z.infer<typeof AssistantState>;

export const SourceView = z.object({ participantId: ParticipantId, producerId: MediaId, muted: z.boolean() });
export type SourceView = z.infer<typeof SourceView>;

/** From the mixer to each device: what is fast and perishable. */
export const DownwardMessage = z.discriminatedUnion('type', [
  /** The whole truth about who can be heard, on every change and in answer to `hello`. Repeats are harmless. */
  z.object({
    type: z.literal('room:state'),
    sources: z.array(SourceView),
    assistantProducerId: MediaId,
    assistant: AssistantState,
  }),
  /** 10 a second while somebody is heard. dBov as in RFC 6464 (0 loudest, -127 silence); who is missing is silent. */
  z.object({
    type: z.literal('levels'),
    participants: z.record(ParticipantId, z.number()),
    assistant: z.number(),
  }),
  /** More words of an item that is not finished; the finished text comes as an event and replaces them. */
  z.object({
    type: z.literal('transcript:delta'),
    itemId: z.string(),
    role: z.enum(['user', 'assistant']),
    delta: z.string(),
  }),
  z.object({ type: z.literal('assistant:state'), assistant: AssistantState }),
  /** Where the room is in a reply: what has left the playout queue, what waits in it. */
  z.object({ type: z.literal('playout'), itemId: z.string(), playedMs: z.number(), queuedMs: z.number() }),
  /** Typed text was taken (`accepted`), or why not. `id` is the sender's. */
  z.object({
    type: z.literal('text:result'),
    id: z.string(),
    accepted: z.boolean(),
    message: z.string().nullable(),
  }),
  /** Who holds the talk button now. */
  z.object({ type: z.literal('floor'), holders: z.array(ParticipantId) }),
  /** What the session has cost so far, and for whom. On `hello` and after each response. */
  z.object({
    type: z.literal('cost'),
    spentUsd: z.number(),
    limitUsd: z.number().nullable(),
    tokens: TokenUsage,
    participants: z.array(z.object({ participantId: ParticipantId, name: z.string(), costUsd: z.number() })),
  }),
  /** Devices that seem to stand in one room (`offered`), and those that were grouped. On `hello` and on every change. */
  z.object({
    type: z.literal('same-room'),
    offered: z.array(z.array(ParticipantId)),
    groups: z.array(z.object({ participantIds: z.array(ParticipantId), speakerId: ParticipantId })),
  }),
  /** Something a person should read. */
  z.object({ type: z.literal('notice'), level: z.enum(['info', 'warning', 'error']), message: z.string() }),
  z.object({ type: z.literal('pong'), nonce: z.string() }),
]);
export type DownwardMessage = z.infer<typeof DownwardMessage>;

/** From a device to the mixer. */
export const UpwardMessage = z.discriminatedUnion('type', [
  /** First message: this device's channels are open, send it `room:state`. */
  z.object({ type: z.literal('hello'), protocol: z.number().int() }),
  /** Typed text for the conversation. `id` makes a repeat harmless. */
  z.object({
    type: z.literal('text:send'),
    id: z.string().min(1).max(64),
    text: z.string().trim().min(1).max(4_000),
  }),
  /** This device holds the talk button, or has let go of it. Repeats are harmless; a hold ends by itself after 60 s. */
  z.object({ type: z.literal('floor:hold') }),
  z.object({ type: z.literal('floor:release') }),
  /**
   * What this device is playing of the assistant, some times a second while it speaks: the RTP timestamp last played
   * (48 kHz, as in `RTCRtpSynchronizationSource.rtpTimestamp`), how long ago, and the delay of its output.
   */
  z.object({
    type: z.literal('playout:report'),
    rtpTimestamp: z.number().int().min(0).max(0xffff_ffff),
    ageMs: z.number().min(0).max(10_000),
    outputDelayMs: z.number().min(0).max(5_000),
  }),
  z.object({ type: z.literal('ping'), nonce: z.string().max(64) }),
]);
export type UpwardMessage = z.infer<typeof UpwardMessage>;
