import { AppError, type ErrorCode } from '@parley/contract';

/** What went wrong, in words for the person in front of the screen, and whether trying again can help. */
export interface Problem {
  title: string;
  text: string;
  retry: boolean;
}

/** The request never got an answer: the network or the whole server is away. */
export class Unreachable extends Error {
  constructor(options?: ErrorOptions) {
    super('Parley does not answer', options);
    this.name = 'Unreachable';
  }
}

const WORDS: Partial<Record<ErrorCode, Problem>> = {
  'session-full': {
    title: 'This session is full',
    text: 'Every seat is taken. Try again when somebody has left, or start a session of your own.',
    retry: true,
  },
  'session-ended': {
    title: 'This session has ended',
    text: 'Nobody can join it any more, but what was said can still be read.',
    retry: false,
  },
  'session-locked': {
    title: 'This session is locked',
    text: 'Its owner lets nobody new in at the moment. Ask them to unlock it, then try again.',
    retry: true,
  },
  removed: {
    title: 'You were removed from this session',
    text: 'Ask whoever invited you if that was a mistake.',
    retry: false,
  },
  'session-not-found': {
    title: 'There is no session with this ID',
    text: 'Check the ID with whoever invited you: it looks like k7fm-2xqd.',
    retry: false,
  },
  'rate-limited': {
    title: 'Too many tries in a short time',
    text: 'Wait half a minute, then try again.',
    retry: true,
  },
  'protocol-mismatch': {
    title: 'Parley was updated',
    text: 'This page is older than the server. Reload it and join again; you will not miss anything.',
    retry: false,
  },
  'bad-token': {
    title: 'Your place in this session is no longer valid',
    text: 'You were away for too long. Join again: everything that was said is still there.',
    retry: false,
  },
  'no-mixer': {
    title: 'No voice server is free right now',
    text: 'Parley is starting up or busy. Try again in a moment.',
    retry: true,
  },
  'mixer-timeout': {
    title: 'The voice server did not answer in time',
    text: 'It may be busy or restarting. Try again in a moment.',
    retry: true,
  },
  'not-ready': { title: 'Parley is still starting', text: 'Try again in a few seconds.', retry: true },
};

/** What the server says of it helps more than words that fit all of its causes: full, overloaded, not started. */
const SAID_BETTER: ReadonlySet<ErrorCode> = new Set(['no-mixer']);

export function describeProblem(error: unknown): Problem {
  if (error instanceof Unreachable)
    return {
      title: 'Parley cannot be reached',
      text: 'Check that you are online and that the server is running, then try again.',
      retry: true,
    };
  if (error instanceof AppError) {
    const words = WORDS[error.code] ?? { title: 'That did not work', text: error.message, retry: true };
    return SAID_BETTER.has(error.code) && error.message ? { ...words, text: error.message } : words;
  }
  return {
    title: 'Something went wrong on this page',
    text: 'Try again. If it happens once more, reload the page.',
    retry: true,
  };
}
