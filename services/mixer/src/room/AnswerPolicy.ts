import type { AnswerDecision, ConversationSettings } from '@parley/contract';
import { saysName } from './wakeName.ts';

/** One turn, as far as is known of it. Times are the clock's. */
export interface SaidTurn {
  /** `waiting`: the transcript may still come · `missing`: it will not. */
  transcript: { at: 'waiting' } | { at: 'missing' } | { at: 'here'; text: string };
  /** When somebody began to speak. */
  beganAt: number;
  /** Said while a device held the talk button. */
  held: boolean;
  /** How many voices the room knows of in it: none is a noise, or an echo. */
  voices: number;
}

type Settings = Pick<ConversationSettings, 'answer' | 'wakeNames' | 'followUpMs'>;

/** When the assistant answers. Knows the settings, who is there, and when it was last heard itself. */
export class AnswerPolicy {
  /** The cost limit is reached. */
  paused = false;
  /** How many people are in the room who may speak. */
  people = 0;
  readonly #agentName: string;
  #settings: Settings;
  #replyEndedAt: number | undefined;

  constructor(agentName: string, settings: Settings) {
    this.#agentName = agentName;
    this.#settings = settings;
  }

  /** Typed text, and what tools bring, is answered in every mode but these. */
  get maySpeak(): boolean {
    return !this.paused && this.#settings.answer !== 'scribe';
  }

  /** For what is not decided yet. */
  configure(settings: Settings): void {
    this.#settings = settings;
  }

  /** The room has heard a reply up to now. */
  heardReply(nowMs: number): void {
    this.#replyEndedAt = nowMs;
  }

  /** Undefined: it depends on words that may still come. `replying`: a reply is being heard at this moment. */
  decide(turn: SaidTurn, replying: boolean): AnswerDecision | undefined {
    const { answer } = this.#settings;
    if (turn.transcript.at === 'here' && !turn.transcript.text.trim()) return 'nothing-said';
    if (answer === 'scribe') return 'scribe';
    if (this.paused) return 'paused';
    if (answer === 'always') return 'asked';
    if (answer === 'push-to-talk') return turn.held ? 'asked' : 'not-addressed';
    if (this.people <= 1 || this.#follows(turn, replying)) return 'asked';
    if (turn.transcript.at === 'waiting') return undefined;
    return this.#named(turn) ? 'asked' : 'not-addressed';
  }

  #named({ transcript }: SaidTurn): boolean {
    const names = [this.#agentName, ...this.#settings.wakeNames];
    return transcript.at === 'here' && saysName(transcript.text, names);
  }

  /** Said into a reply, or shortly after one. */
  #follows({ beganAt, voices }: SaidTurn, replying: boolean): boolean {
    const { followUpMs } = this.#settings;
    if (followUpMs === 0 || voices === 0) return false;
    return replying || (this.#replyEndedAt !== undefined && beganAt - this.#replyEndedAt <= followUpMs);
  }
}
