import type { BargeIn } from './BargeIn.ts';
import type { ConversationOptions } from './conversationPorts.ts';
import type { Leg } from './Leg.ts';
import type { LinkEvents, RealtimeLink, ResponseDone } from './ports.ts';
import type { Replies } from './Replies.ts';
import type { ResponseQueue } from './ResponseQueue.ts';
import type { ToolCall } from './ToolCalls.ts';
import type { Turns } from './Turns.ts';

/** What the provider says to a commit of too little audio: nothing was said, and that is no news. */
const COMMIT_EMPTY = 'input_audio_buffer_commit_empty';
/** The end of a link's life. */
const EXPIRED = 'session_expired';

/** Who is told what a link says. */
export interface Hearers extends Pick<ConversationOptions, 'held' | 'delta' | 'raise'> {
  inputMs: () => number;
  /** The conversation goes on over this leg. */
  isCurrent: (leg: Leg) => boolean;
  /** It is still listened to: the leg of now, or the one before it that is not done. */
  isHeard: (leg: Leg) => boolean;
  turns: Turns;
  queue: ResponseQueue;
  replies: Replies;
  bargeIn: BargeIn;
  toolCalled: (call: ToolCall, link: RealtimeLink) => void;
  responseDone: (done: ResponseDone) => void;
  /** After each of them: whether somebody speaks may have changed. */
  after: () => void;
}

/** Passes what a leg's link says to whom it concerns, on the room's clock, for as long as the leg is listened to. */
export function listenTo(leg: Leg, hearers: Hearers): void {
  const { turns, queue, replies, bargeIn, held } = hearers;
  const on = <Name extends keyof LinkEvents>(name: Name, take: (...said: LinkEvents[Name]) => void) => {
    const listener = (...said: LinkEvents[Name]) => {
      if (!hearers.isHeard(leg)) return;
      const [about] = said;
      if ('itemId' in about) leg.own(about.itemId);
      take(...said);
      hearers.after();
    };
    leg.link.events.on(name, listener as never);
  };
  const toRoomMs = (atMs: number) => leg.toRoomMs(atMs, hearers.inputMs());
  on('speechStarted', ({ itemId, atMs }) => {
    if (turns.started(itemId, toRoomMs(atMs))) bargeIn.turnStarted(itemId);
  });
  on('speechStopped', ({ itemId, atMs }) => turns.stopped(itemId, toRoomMs(atMs)));
  on('committed', ({ itemId }) =>
    turns.committed(itemId, turns.knows(itemId) ? undefined : held.confirmed()),
  );
  on('transcriptDelta', ({ itemId, delta }) => {
    if (turns.hears(itemId)) hearers.delta({ itemId, role: 'user', delta });
  });
  on('transcriptCompleted', ({ itemId, text }) => {
    if (!turns.hears(itemId)) return;
    turns.transcribed(itemId, text);
    bargeIn.turnOver();
  });
  on('transcriptFailed', ({ itemId, message }) => turns.failed(itemId, message));
  on('responseCreated', ({ responseId }) => queue.created(responseId));
  on('audioDelta', ({ responseId, itemId, contentIndex, pcm }) => {
    queue.created(responseId);
    replies.audio(responseId, itemId, contentIndex, pcm);
  });
  on('replyTranscriptDelta', ({ responseId, itemId, delta }) => {
    queue.created(responseId);
    const recordId = replies.textDelta(responseId, itemId, delta);
    if (recordId !== undefined) hearers.delta({ itemId: recordId, role: 'assistant', delta });
  });
  on('replyTranscriptDone', ({ responseId, itemId, text }) => replies.textDone(responseId, itemId, text));
  on('toolCalled', ({ responseId, ...call }) => {
    queue.created(responseId);
    hearers.toolCalled(call, leg.link);
  });
  on('responseDone', (done) => hearers.responseDone(done));
  on('rejected', ({ code, message, causedBy }) => {
    // That is why it was replaced; if it still owed anything, that is told.
    if (code === EXPIRED && !hearers.isCurrent(leg)) return;
    if (causedBy === 'commit') held.confirmed();
    if (code === COMMIT_EMPTY || queue.rejected(code, causedBy === 'response')) return;
    hearers.raise({ source: 'provider', code, message: `The voice provider reports: ${message}` });
  });
}
