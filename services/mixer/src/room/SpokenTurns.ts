import type { AnswerDecision, Speaker } from '@parley/contract';
import type { SaidTurn } from './AnswerPolicy.ts';
import type { BargeIn } from './BargeIn.ts';
import type { ConversationOptions } from './conversationPorts.ts';
import type { History } from './History.ts';
import type { Replies } from './Replies.ts';
import { speakersOf } from './speakers.ts';
import type { Succession } from './Succession.ts';
import type { Turn, TurnPlace } from './Turns.ts';
import { newItemId, speakerNote, spokenLine } from './wording.ts';
import type { Words } from './Words.ts';

export interface SpokenTurnsOptions extends Pick<
  ConversationOptions,
  'timeline' | 'names' | 'policy' | 'fact'
> {
  words: Words;
  history: History;
  bargeIn: () => BargeIn;
  replies: () => Replies;
  succession: () => Succession;
  /** Somebody has said something. */
  heardPerson: () => void;
}

/** What the room makes of each turn: who spoke, whether that is answered, what goes on record and into the memory. */
export class SpokenTurns {
  readonly #options: SpokenTurnsOptions;

  constructor(options: SpokenTurnsOptions) {
    this.#options = options;
  }

  /** The model is told who it was right behind the words, whether or not it is asked to answer them. */
  ready(turn: TurnPlace): void {
    const { words, history, succession, heardPerson } = this.#options;
    const { speakers, overlap } = this.speakersOf(turn);
    const text = speakerNote(speakers, overlap);
    const link = succession().legs.ownerOf(turn.itemId);
    if (text) link?.createItem({ id: newItemId(), role: 'system', text, after: turn.itemId });
    history.open(turn.itemId);
    words.spoken(turn.itemId, speakers, overlap);
    heardPerson();
  }

  decide(turn: TurnPlace & Omit<SaidTurn, 'voices'>): AnswerDecision | undefined {
    const { policy, bargeIn, replies } = this.#options;
    const voices = this.speakersOf(turn).speakers.length;
    const { itemId, transcript } = turn;
    if (transcript.at === 'here') bargeIn().transcribed(itemId, transcript.text, voices);
    if (bargeIn().isAside(itemId)) return 'nothing-said';
    // A button that was held in silence: only words could tell that somebody spoke.
    if (turn.held && voices === 0 && turn.transcript.at !== 'here')
      return turn.transcript.at === 'waiting' ? undefined : 'nothing-said';
    return policy.decide({ ...turn, voices }, replies().audible);
  }

  /** Whose words are to be answered. */
  asked(turn: TurnPlace): readonly Speaker[] {
    this.#options.words.asked(turn.itemId);
    return this.speakersOf(turn).speakers;
  }

  completed(turn: Turn): void {
    const { fact, history, words } = this.#options;
    const { speakers, overlap } = this.speakersOf(turn);
    fact({ type: 'turn:completed', data: { ...turn, speakers, overlap } });
    words.understood(turn.itemId, turn.text);
    const text = turn.text && spokenLine(speakers, turn.text);
    history.put(turn.itemId, { role: 'user', text });
  }

  speakersOf(turn: TurnPlace): ReturnType<typeof speakersOf> {
    return speakersOf(this.#options.timeline, this.#options.names, turn);
  }
}
