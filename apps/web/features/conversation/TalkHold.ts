import type { UpwardMessage } from '@parley/contract';
import { Store } from '../../lib/store.ts';

/** asking: held, and the room has not said so yet · ended: still held, but the room has ended the hold by itself. */
export type TalkState = 'idle' | 'asking' | 'talking' | 'ended';

export interface TalkPorts {
  /** False when the channel is not open. */
  send(message: UpwardMessage): boolean;
  isMuted(): boolean;
  setMuted(muted: boolean): void;
}

/**
 * The talk button of this device. It may be held by several fingers and keys at once and is let go with the last of
 * them. Whoever is muted is heard for as long as the button is held.
 */
export class TalkHold {
  readonly state = new Store<TalkState>('idle');
  readonly #ports: TalkPorts;
  readonly #by = new Set<string>();
  #muteAgain = false;

  constructor(ports: TalkPorts) {
    this.#ports = ports;
  }

  /** `by` names the finger or key. Repeats are harmless. */
  readonly press = (by: string): void => {
    const first = this.#by.size === 0;
    this.#by.add(by);
    if (!first) return;
    this.#muteAgain = this.#ports.isMuted();
    if (this.#muteAgain) this.#ports.setMuted(false);
    this.state.set('asking');
    this.#ports.send({ type: 'floor:hold' });
  };

  readonly release = (by: string): void => {
    if (this.#by.delete(by) && this.#by.size === 0) this.#end();
  };

  /** All fingers and keys at once: the page lost the focus, or the button is gone. */
  readonly letGo = (): void => {
    if (this.#by.size === 0) return;
    this.#by.clear();
    this.#end();
  };

  /** The room said whether this device holds the floor. */
  told(holds: boolean): void {
    const state = this.state.get();
    // A hold that outlived its release (or its page) is taken back.
    if (state === 'idle') {
      if (holds) this.#ports.send({ type: 'floor:release' });
    } else if (holds) this.state.set('talking');
    else if (state === 'talking') this.state.set('ended');
  }

  /** The channel is open, perhaps anew: the room does not know what was said over a former one. */
  channelOpen(): void {
    if (this.#by.size === 0) return;
    this.state.set('asking');
    this.#ports.send({ type: 'floor:hold' });
  }

  #end(): void {
    this.#ports.send({ type: 'floor:release' });
    this.state.set('idle');
    if (this.#muteAgain) this.#ports.setMuted(true);
    this.#muteAgain = false;
  }
}
