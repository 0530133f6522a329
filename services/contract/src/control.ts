import { z } from 'zod';
import { ConversationSettings } from './conversation.ts';
import { ErrorBody } from './errors.ts';
import { PastFact } from './events.ts';
import { CommandId, HubId, MixerId, ParticipantId, SessionId } from './ids.ts';
import { MEDIA_COMMANDS, MediaParameters } from './media.ts';
import { DeviceGroup } from './devices.ts';
import { RtpAddress, RtpWishes } from './rtp.ts';
import { ParticipantName, Role, SessionSettings } from './session.ts';
import { TraceParent } from './trace.ts';

/**
 * `epoch` counts how often the session's room was given to a mixer. A mixer does nothing for a room of another epoch, and
 * what it tells about a room of an older one is not taken.
 */
const inSession = { sessionId: SessionId, epoch: z.number().int().min(1).optional() };
const ofParticipant = { ...inSession, participantId: ParticipantId };

/** What the hub asks of a mixer, each with a deadline and idempotent by its command ID. */
export const CONTROL_COMMANDS = {
  /**
   * Makes the room, or finds it. With `awaitAssistant` the reply waits until the provider link is up or has failed.
   * Only for a room that is made: `spentUsd`, what the session has cost in the rooms it had before, and `past`, what was
   * said last in them, oldest first.
   */
  'room:open': {
    request: z.object({
      ...inSession,
      settings: SessionSettings,
      awaitAssistant: z.boolean(),
      spentUsd: z.number().min(0).optional(),
      past: z.array(PastFact).optional(),
    }),
    /** `made`: there was none before. */
    reply: z.object({ routerRtpCapabilities: MediaParameters, made: z.boolean().optional() }),
  },
  /** How the assistant takes part from now on. */
  'room:configure': {
    request: z.object({ ...inSession, conversation: ConversationSettings }),
    reply: z.object({}),
  },
  'room:close': { request: z.object(inSession), reply: z.object({}) },
  /** Lets a device in. Joining again with the same ID drops its former transports first, unless it resumes them. */
  'participant:join': {
    request: z.object({
      ...ofParticipant,
      name: ParticipantName,
      role: Role,
      resume: z.boolean().optional(),
    }),
    reply: z.object({ routerRtpCapabilities: MediaParameters }),
  },
  'participant:leave': { request: z.object(ofParticipant), reply: z.object({}) },
  /** A microphone is heard when neither its device nor an owner has muted it. */
  'participant:mute': {
    request: z.object({ ...ofParticipant, muted: z.boolean(), by: z.enum(['self', 'owner']).optional() }),
    reply: z.object({}),
  },
  /**
   * These devices stand in one physical room: one microphone and one loudspeaker for all of them. The asking one is among
   * them; fewer than two dissolve its group.
   */
  'devices:group': {
    request: z.object({ ...ofParticipant, ...DeviceGroup }),
    reply: z.object({}),
  },
  /** A plain SDP peer: joins and negotiates in one go. */
  'bridge:join': {
    request: z.object({ ...ofParticipant, name: ParticipantName, role: Role, sdp: z.string() }),
    reply: z.object({ sdp: z.string() }),
  },
  /** Plain RTP: joins, and has a port from then on. */
  'rtp:join': {
    request: z.object({ ...ofParticipant, name: ParticipantName, role: Role, wishes: RtpWishes }),
    reply: RtpAddress,
  },
  /** One of the media commands on behalf of a participant; `body` is its request, the reply is its reply. */
  'media:command': {
    request: z.object({
      ...ofParticipant,
      name: z.enum(
        Object.keys(MEDIA_COMMANDS) as [keyof typeof MEDIA_COMMANDS, ...(keyof typeof MEDIA_COMMANDS)[]],
      ),
      body: z.unknown(),
    }),
    reply: z.unknown(),
  },
} as const;
export type ControlCommand = keyof typeof CONTROL_COMMANDS;
export type ControlRequest<Name extends ControlCommand> = z.infer<(typeof CONTROL_COMMANDS)[Name]['request']>;
export type ControlReply<Name extends ControlCommand> = z.infer<(typeof CONTROL_COMMANDS)[Name]['reply']>;

/** A command on the mixer's channel. `deadline` is epoch milliseconds: a mixer ignores what is too late. */
export const ControlEnvelope = z.object({
  id: CommandId,
  from: HubId,
  deadline: z.number().int(),
  name: z.enum(Object.keys(CONTROL_COMMANDS) as [ControlCommand, ...ControlCommand[]]),
  body: z.unknown(),
  traceparent: TraceParent,
});
export type ControlEnvelope = z.infer<typeof ControlEnvelope>;

/** The answer on the asking hub's channel. */
export const ControlAnswer = z.discriminatedUnion('ok', [
  z.object({ id: CommandId, ok: z.literal(true), data: z.unknown() }),
  z.object({ id: CommandId, ok: z.literal(false), error: ErrorBody }),
]);
export type ControlAnswer = z.infer<typeof ControlAnswer>;

/** A mixer's own entry in Redis, written again and again under a lease. */
export const MixerRecord = z.object({
  id: MixerId,
  protocol: z.number().int(),
  startedAt: z.number().int(),
  draining: z.boolean(),
  rooms: z.number().int(),
  participants: z.number().int(),
  maxRooms: z.number().int(),
  /** CPU seconds per second of the mixer and its worker over the last period. */
  cpu: z.number(),
  /** It has as much to do as it can do in time: a new room would cost the others. */
  busy: z.boolean().optional(),
});
export type MixerRecord = z.infer<typeof MixerRecord>;

/** What a mixer tells every hub without being asked, and without a place in the history. */
export const MixerSignal = z.discriminatedUnion('type', [
  /** A device's media is gone for good (a bridge peer hung up, ICE and DTLS gave up, no RTP came). */
  z.object({
    type: z.literal('participant:gone'),
    mixerId: MixerId,
    sessionId: SessionId,
    participantId: ParticipantId,
    /** It sent plain RTP and has sent none for long. */
    reason: z.literal('silent').optional(),
  }),
  /**
   * The room is gone, and all its facts are told: empty for long, or its worker died. `drained`: its devices still hear
   * each other there for some seconds, and are to be called elsewhere.
   */
  z.object({
    type: z.literal('room:closed'),
    mixerId: MixerId,
    ...inSession,
    reason: z.enum(['empty', 'worker-died', 'closed', 'drained']),
  }),
]);
export type MixerSignal = z.infer<typeof MixerSignal>;
