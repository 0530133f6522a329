import { z } from 'zod';
import { DeviceGroup } from './devices.ts';
import type { ErrorBody } from './errors.ts';
import { ConversationChange, ConversationSettings } from './conversation.ts';
import { SessionEvent } from './events.ts';
import { JOB_COMMANDS } from './jobs.ts';
import { MEDIA_COMMANDS, MediaParameters } from './media.ts';
import { ParticipantId } from './ids.ts';
import { EndReason, IceServer, ParticipantView, SessionView } from './session.ts';

/** What a socket shows in its handshake (`auth`). */
export const SocketAuth = z.object({ token: z.string().min(1).max(2_048) });

/** Everything a page may ask over its socket. Each is acknowledged with an `Ack`. */
export const SIGNALING_COMMANDS = {
  'session:join': {
    /**
     * `afterSeq`: the last event this device has; it gets the later ones (at most 1,000) in the reply. `resume`: its
     * transports still stand as far as it knows, and are not to be dropped: its sound goes on.
     */
    request: z.object({
      protocol: z.number().int(),
      afterSeq: z.number().int().min(0),
      resume: z.boolean().optional(),
    }),
    reply: z.object({
      session: SessionView,
      me: ParticipantView,
      routerRtpCapabilities: MediaParameters,
      events: z.array(SessionEvent),
      /** Credentials in them are fresh: use these for the transports that follow. */
      iceServers: z.array(IceServer),
    }),
  },
  'session:leave': { request: z.object({}), reply: z.object({}) },
  'session:end': { request: z.object({}), reply: z.object({}) },
  /** Owner only. Takes effect at once, for everybody. */
  'session:configure': { request: ConversationChange, reply: ConversationSettings },
  'participant:mute': { request: z.object({ muted: z.boolean() }), reply: z.object({ muted: z.boolean() }) },
  /** Owner only: nobody new may join. */
  'session:lock': {
    request: z.object({ locked: z.boolean() }),
    reply: z.object({ locked: z.boolean() }),
  },
  /** Owner only: takes somebody's microphone away, or gives it back. */
  'participant:silence': {
    request: z.object({ participantId: ParticipantId, silenced: z.boolean() }),
    reply: z.object({ silenced: z.boolean() }),
  },
  /** Owner only: somebody else has to go. Its token is of no more use. */
  'participant:remove': { request: z.object({ participantId: ParticipantId }), reply: z.object({}) },
  /** Any speaker, for devices in one physical room; see the control command of this name. */
  'devices:group': { request: z.object(DeviceGroup), reply: z.object({}) },
  'events:list': {
    request: z.object({ afterSeq: z.number().int().min(0) }),
    reply: z.object({ events: z.array(SessionEvent) }),
  },
  ...JOB_COMMANDS,
  ...MEDIA_COMMANDS,
} as const;

export type SignalingCommand = keyof typeof SIGNALING_COMMANDS;
export type SignalingRequest<Name extends SignalingCommand> = z.infer<
  (typeof SIGNALING_COMMANDS)[Name]['request']
>;
export type SignalingReply<Name extends SignalingCommand> = z.infer<
  (typeof SIGNALING_COMMANDS)[Name]['reply']
>;

export type Ack<Reply> = { ok: true; data: Reply } | { ok: false; error: ErrorBody };

/** socket.io's map of what a page sends. Requests are `unknown` here because the hub must parse them. */
export type ClientToHub = {
  [Name in SignalingCommand]: (
    request: SignalingRequest<Name>,
    ack: (reply: Ack<SignalingReply<Name>>) => void,
  ) => void;
};

/** socket.io's map of what the hub sends. */
export interface HubToClient {
  /** Every durable fact of the session, in `seq` order; after a gap ask `events:list`. */
  event: (event: SessionEvent) => void;
  /** Somebody's connection broke or is back. Not durable: whoever joins reads it from the session. */
  presence: (presence: Presence) => void;
  /** The last message on this socket: why it will be closed. */
  goodbye: (reason: Goodbye) => void;
  /** The room was lost or moved: make all transports anew (starting with `session:join`). */
  'room:reset': () => void;
}

export const Presence = z.object({ participantId: ParticipantId, away: z.boolean() });
export type Presence = z.infer<typeof Presence>;

export const Goodbye = z.discriminatedUnion('why', [
  z.object({ why: z.literal('session-ended'), reason: EndReason }),
  z.object({ why: z.literal('replaced') }),
  z.object({ why: z.literal('left') }),
  z.object({ why: z.literal('removed') }),
  z.object({ why: z.literal('hub-stopping') }),
]);
export type Goodbye = z.infer<typeof Goodbye>;
