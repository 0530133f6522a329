import type { EventEmitter } from 'node:events';
import {
  AppError,
  type CallCause,
  type Notice,
  type NoticeId,
  type TokenUsage,
  type ToolPolicies,
  type TurnDetection,
  type Voice,
} from '@parley/contract';

/** Time as the room sees it. `now` is monotonic milliseconds; `after` returns its undo, which may be called late. */
export interface Clock {
  now(): number;
  after(delayMs: number, run: () => void): () => void;
}

/** A function that the model may call, as the provider wants it described. `parameters` is a JSON schema. */
export interface ToolDefinition {
  name: string;
  description: string;
  parameters: Record<string, unknown>;
}

/** What one link is opened with. */
export interface LinkSettings {
  instructions: string;
  voice: Voice;
  tools: readonly ToolDefinition[];
  turnDetection: TurnDetection;
}

/** What may change while a link lives; what is absent stays. */
export type LinkChange = Partial<Pick<LinkSettings, 'tools' | 'turnDetection'>>;

/** One text message of the conversation. `id` is ours, at most 32 characters (the provider's limit). */
export interface LinkItem {
  id: string;
  role: 'system' | 'user' | 'assistant';
  text: string;
  /** The item it comes right behind; without it, the end of the conversation. */
  after?: string;
}

/** Which of our calls the provider refused, when it said so. */
export type LinkCall =
  'session' | 'audio' | 'commit' | 'clear' | 'item' | 'response' | 'aside' | 'cancel' | 'truncate' | 'tool';

/** closed: by us · expired: the provider's time limit for one session · lost: everything else. */
export interface LinkClosed {
  code: 'closed' | 'expired' | 'lost';
  /** For people: what happened. */
  message: string;
}

/** Tokens of one response. `cachedAudioTokens`: that part of `cachedTokens`, when the provider tells it. */
export interface LinkUsage extends TokenUsage {
  cachedAudioTokens?: number;
}

export interface ResponseDone {
  responseId: string;
  status: 'completed' | 'cancelled' | 'failed' | 'incomplete';
  /** Why it failed or stopped early, when the provider said so. */
  error: { code: string; message: string } | undefined;
  usage: LinkUsage | undefined;
}

/** What the model wrote beside the conversation. */
export interface Aside {
  responseId: string;
  text: string;
  usage: LinkUsage | undefined;
}

/**
 * What a provider may tell, in our words. An event may come twice, late, or never: whoever listens must live with it.
 * `atMs` counts the audio appended to this link, from 0.
 */
export interface LinkEvents {
  speechStarted: [{ itemId: string; atMs: number }];
  speechStopped: [{ itemId: string; atMs: number }];
  /** The provider made a conversation item of what it heard. */
  committed: [{ itemId: string }];
  transcriptDelta: [{ itemId: string; delta: string }];
  transcriptCompleted: [{ itemId: string; text: string }];
  transcriptFailed: [{ itemId: string; message: string }];
  responseCreated: [{ responseId: string }];
  /** Faster than real time. `pcm` is mono 24 kHz of any length and belongs to the listener. */
  audioDelta: [{ responseId: string; itemId: string; contentIndex: number; pcm: Int16Array }];
  replyTranscriptDelta: [{ responseId: string; itemId: string; delta: string }];
  replyTranscriptDone: [{ responseId: string; itemId: string; text: string }];
  toolCalled: [{ responseId: string; callId: string; name: string; arguments: string }];
  responseDone: [ResponseDone];
  /** An error of the provider. The link lives on unless `closed` follows. */
  rejected: [{ code: string; message: string; causedBy: LinkCall | undefined }];
  /** Once, last. */
  closed: [LinkClosed];
}

/** One connection to a Realtime provider, ready to use. Calls on a closed link do nothing. */
export interface RealtimeLink {
  readonly events: EventEmitter<LinkEvents>;
  /** Set once the link is closed, in case that was before anybody listened. */
  readonly closed: LinkClosed | undefined;
  /** How long the provider would let this link live when it was made, ms, if it said so. */
  readonly expiresInMs: number | undefined;
  /** Mono 24 kHz of any length; copied before it returns. Waits for more of it to be sent together, unless `urgent`. */
  appendAudio(pcm: Int16Array, urgent?: boolean): void;
  /** Takes effect on what is appended from now on. A refusal comes as `rejected`. */
  configure(change: LinkChange): void;
  /** Makes a turn of the audio appended since the last one: `committed` follows. Less than 100 ms are refused. */
  commitAudio(): void;
  /** Forgets the audio that is in no turn yet. */
  clearAudio(): void;
  createItem(item: LinkItem): void;
  createResponse(): void;
  cancelResponse(responseId: string): void;
  truncate(itemId: string, contentIndex: number, audioEndMs: number): void;
  sendToolOutput(callId: string, output: string): void;
  /**
   * Asks the model about the conversation, in writing, without anything of it becoming part of the conversation or of
   * this link's events. At most `maxTokens` long. Rejects when the provider refuses or the link closes first.
   */
  ask(instructions: string, maxTokens: number): Promise<Aside>;
  close(reason: string): void;
}

/** A link could not be made. `hopeless`: the next try will very likely fail too (a wrong key, an unknown model). */
export class LinkRefused extends AppError {
  readonly hopeless: boolean;
  constructor(message: string, options: ErrorOptions & { hopeless: boolean }) {
    super('provider-refused', message, options);
    this.name = 'LinkRefused';
    this.hopeless = options.hopeless;
  }
}

/** Resolves when the provider has taken the settings. Rejects with LinkRefused, or with the signal's reason. */
export type LinkFactory = (settings: LinkSettings, signal: AbortSignal) => Promise<RealtimeLink>;

/** A call of the model on its way to the tools. */
export interface DeskCall {
  callId: string;
  name: string;
  /** As the model wrote them; anything may be in there. */
  arguments: string;
  cause: CallCause;
  policies: ToolPolicies;
}

/** Where one session's room has its tools called, and hears what came of it. Never throws; `close` ends it. */
export interface ToolDesk {
  /** There may be notices that were not there before. */
  readonly events: EventEmitter<{ news: [] }>;
  /**
   * Resolves with the output for the model, as soon as that is. `kept` is called when the call cannot be lost any more.
   * Rejects with an AppError when it was not taken (`no-tools`), and when the tools failed.
   */
  call(call: DeskCall, kept: () => void): Promise<string>;
  /** What the room is to tell. Malformed ones are left out. */
  notices(): Promise<Notice[]>;
  /** They need not be told any more. */
  told(ids: readonly NoticeId[]): Promise<void>;
  close(): void;
}
