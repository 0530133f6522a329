import { JOB_COMMANDS, MEDIA_COMMANDS } from '@parley/contract';
import type {
  IceServer,
  JobCommand,
  MediaCommand,
  ParticipantId,
  SessionEvent,
  SignalingCommand,
  SignalingReply,
  SignalingRequest,
} from '@parley/contract';
import {
  checkMayConfigure,
  checkMayEnd,
  checkMayGroup,
  checkMayModerate,
  checkMayUse,
} from '../session/access.ts';
import type { History } from '../session/History.ts';
import type { Membership } from '../session/Membership.ts';
import type { Moderation } from '../session/Moderation.ts';
import type { Act, JobDesk, ParticipantClaims } from '../session/ports.ts';
import type { Rooms } from '../session/Rooms.ts';
import type { Sessions } from '../session/Sessions.ts';

/** The parts of the subject that sockets reach. */
export interface Subject {
  sessions: Sessions;
  membership: Membership;
  moderation: Moderation;
  rooms: Rooms;
  history: History;
  jobs: Pick<JobDesk, 'act'>;
  iceServers: (participant: ParticipantId) => IceServer[];
}

/** Who asks: the participant of a token, over one connection. */
export interface Caller {
  claims: ParticipantClaims;
  connection: string;
}

type Handlers = {
  [Name in SignalingCommand]: (
    caller: Caller,
    request: SignalingRequest<Name>,
  ) => Promise<SignalingReply<Name>>;
};

const EVENTS_PER_REPLY = 1_000;

/** What each command does. Requests have been parsed; every failure is an AppError or a fault of ours. */
export function createHandlers(subject: Subject): Handlers {
  const { sessions, membership, moderation, rooms, history, jobs, iceServers } = subject;
  const media = (name: MediaCommand) => ({
    [name]: async ({ claims }: Caller, request: unknown) => {
      checkMayUse(claims.role, name);
      const reply = await rooms.media(claims.sessionId, claims.participantId, name, request);
      return MEDIA_COMMANDS[name].reply.parse(reply);
    },
  });
  const mediaHandlers = Object.assign(
    {},
    ...(Object.keys(MEDIA_COMMANDS) as MediaCommand[]).map(media),
  ) as Pick<Handlers, MediaCommand>;
  const job = (command: JobCommand) => ({
    [command]: async ({ claims }: Caller, request: object) => {
      const { sessionId, participantId, name, role } = claims;
      // Who may do what is the tools' to judge: they know the job and its policy.
      const reply = await jobs.act(sessionId, { participantId, name, role }, { command, ...request } as Act);
      return JOB_COMMANDS[command].reply.parse(reply);
    },
  });
  const jobHandlers = Object.assign({}, ...(Object.keys(JOB_COMMANDS) as JobCommand[]).map(job)) as Pick<
    Handlers,
    JobCommand
  >;
  return {
    ...mediaHandlers,
    ...jobHandlers,
    'session:join': async ({ claims, connection }, request) => ({
      ...(await membership.join(claims, connection, request)),
      iceServers: iceServers(claims.participantId),
    }),
    'session:leave': async ({ claims, connection }) => {
      const who = { id: claims.participantId, name: claims.name };
      await membership.leave(claims.sessionId, who, { kind: 'connection', connection }, 'left');
      return {};
    },
    'session:end': async ({ claims }) => {
      checkMayEnd(claims.role);
      await sessions.endOrRefuse(claims.sessionId, 'ended-by-owner');
      return {};
    },
    'session:configure': async ({ claims }, change) => {
      checkMayConfigure(claims.role);
      return sessions.configure(claims.sessionId, change, claims.participantId);
    },
    'participant:mute': ({ claims }, { muted }) =>
      membership.mute(claims.sessionId, claims.participantId, muted),
    'session:lock': async ({ claims }, { locked }) => {
      checkMayModerate(claims.role);
      await moderation.lock(claims.sessionId, locked, claims.participantId);
      return { locked };
    },
    'participant:silence': async ({ claims }, { participantId, silenced }) => {
      checkMayModerate(claims.role);
      await moderation.silence(claims.sessionId, participantId, silenced, claims.participantId);
      return { silenced };
    },
    'participant:remove': async ({ claims }, { participantId }) => {
      checkMayModerate(claims.role);
      await moderation.remove(claims.sessionId, participantId, claims.participantId);
      return {};
    },
    'devices:group': async ({ claims }, { participantIds }) => {
      checkMayGroup(claims.role);
      await rooms.group(claims.sessionId, claims.participantId, participantIds);
      return {};
    },
    'events:list': async ({ claims }, { afterSeq }) => {
      const query = { after: afterSeq, limit: EVENTS_PER_REPLY };
      const events: SessionEvent[] = (await history.page(claims.sessionId, query)).events;
      return { events };
    },
  };
}
