import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationSettings } from '@parley/contract';
import { Scope } from '@parley/kit/scope';
import type { ScenarioInput } from '@parley/simulator/scenarios/schema';
import { rmsDbov } from '../../support/audio/level.ts';
import type { Ear } from '../../support/browser/Ear.ts';
import { launchBrowser } from '../../support/browser/launchBrowser.ts';
import { RoomPage } from '../../support/browser/RoomPage.ts';
import { HubApi } from '../../support/HubApi.ts';
import { PlainPeer } from '../../support/peers/PlainPeer.ts';
import { startStack, type Stack } from '../../support/stack/startStack.ts';
import { until } from '../../support/until.ts';
import { heardBy, onTheWire, type Recorded } from './Recorded.ts';

/** One stretch of time as each listener heard it, and as it was on the wire. */
export interface Recording {
  ears: readonly Recorded[];
  wire: Recorded;
  /** How long each listener's browser held back what it played, ms on average. */
  buffersMs: readonly number[];
}

const SOUND_DBOV = -45;

/**
 * A room of three: two listeners in Chromium on the product's own page (its jitter buffer, its playout reports), and one
 * who speaks as a plain peer, because the moment at which its packets leave is known here. What that peer is sent is the
 * assistant alone, since the listeners have no microphone: it shows what the mixer does before any playout delay.
 */
export class Scene {
  readonly stack: Stack;
  readonly speaker: PlainPeer;
  readonly #ears: readonly Ear[];
  readonly #scope: Scope;

  private constructor(stack: Stack, speaker: PlainPeer, ears: readonly Ear[], scope: Scope) {
    this.stack = stack;
    this.speaker = speaker;
    this.#ears = ears;
    this.#scope = scope;
  }

  static async open(scenario: ScenarioInput, bargeIn?: ConversationSettings['bargeIn']): Promise<Scene> {
    const scope = new Scope();
    try {
      const stack = scope.own(await startStack({ web: true, scenario }));
      const hub = new HubApi(stack.url);
      const { session } = await hub.createSession({
        voice: 'marin',
        ...(bargeIn && { conversation: { bargeIn } }),
      });
      const pages: RoomPage[] = [];
      for (const name of ['Ben', 'Chloe']) {
        const page = new RoomPage(scope.own(await launchBrowser()).page);
        await page.openById(stack.url, session.id);
        await page.fillName(name);
        await page.press('join-button');
        await page.press('join-without');
        await page.isInside();
        pages.push(page);
      }
      const speaker = scope.own(await PlainPeer.join(hub, session.id, 'Anna'));
      const ears = await Promise.all(pages.map((page) => page.listen('assistant')));
      await speaker.speaker.sayOnce(new Int16Array());
      return new Scene(stack, speaker, ears, scope);
    } catch (error) {
      await scope.close();
      throw error;
    }
  }

  /** Types something, for the assistant to begin a reply. */
  ask(): void {
    this.speaker.send({ type: 'text:send', id: crypto.randomUUID(), text: 'Please count.' });
  }

  /** Waits for sound of the assistant that leaves the mixer after this moment. */
  async replyBegins(afterMs: number): Promise<void> {
    await until('a reply to begin', () => this.#lastSoundMs() > afterMs, { withinMs: 20_000, everyMs: 20 });
  }

  /** Waits until the assistant has been silent for so long. */
  async silence(forMs: number): Promise<void> {
    const silent = () => performance.now() - this.#lastSoundMs() > forMs;
    await until('the assistant to fall silent', silent, { withinMs: 60_000, everyMs: 100 });
  }

  /** Everything since the last call. Nothing of it is worked out here: that would take the processor from the room. */
  async record(): Promise<Recording> {
    // What left the mixer just now is on its way to the ears.
    await delay(400);
    const ears = await Promise.all(
      this.#ears.map(async (ear) => {
        const samples = await ear.heard();
        return heardBy(samples, await ear.begunMs());
      }),
    );
    const buffersMs = await Promise.all(this.#ears.map((ear) => ear.jitterBufferMs()));
    const wire = onTheWire([...this.speaker.listener.frames]);
    this.speaker.listener.restart();
    await Promise.all(this.#ears.map((ear) => ear.forget()));
    return { ears, wire, buffersMs };
  }

  close(): Promise<void> {
    return this.#scope.close();
  }

  #lastSoundMs(): number {
    const last = this.speaker.listener.frames.findLast(({ pcm }) => rmsDbov(pcm) > SOUND_DBOV);
    return last?.arrivedMs ?? -Infinity;
  }
}
