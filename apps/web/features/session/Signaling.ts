import type {
  ErrorBody,
  Goodbye,
  Presence,
  SessionEvent,
  SignalingCommand,
  SignalingReply,
  SignalingRequest,
} from '@parley/contract';

/** What the hub tells without being asked. */
export interface SignalingHandlers {
  onConnect(): void;
  /** The socket is gone, or never came up. `refusal`: the hub said why. */
  onDisconnect(refusal: ErrorBody | null): void;
  onEvent(event: SessionEvent): void;
  /** Somebody's connection broke, or is back. */
  onPresence(presence: Presence): void;
  onGoodbye(goodbye: Goodbye): void;
  onReset(): void;
}

/** Commands to the hub. Throws AppError with the hub's code, or Unreachable when no answer came. */
export type Request = <Name extends SignalingCommand>(
  name: Name,
  body: SignalingRequest<Name>,
) => Promise<SignalingReply<Name>>;

/** One socket to the hub, opened and reopened by its owner. */
export interface Signaling {
  readonly request: Request;
  open(): void;
  close(): void;
}

export type OpenSignaling = (token: string, handlers: SignalingHandlers) => Signaling;
