import { HubApi } from '../../../support/HubApi.ts';
import type { Stack } from '../../../support/stack/startStack.ts';
import { LoadRoom } from '../../tool/LoadRoom.ts';
import { startMachine } from '../../tool/Machine.ts';
import { scrape } from '../../tool/metrics.ts';
import { LoadOptions } from '../../tool/options.ts';
import { mixerUsage, sum, type Usage } from '../../tool/processes.ts';
import type { Contender, ContenderRoom } from '../Contender.ts';

/** The product as the load tool starts it. What counts is its mixer with the media worker. */
export class Parley implements Contender {
  readonly name = 'Parley';
  readonly #stack: Stack;
  readonly #api: HubApi;

  private constructor(stack: Stack) {
    this.#stack = stack;
    this.#api = new HubApi(stack.url);
  }

  static async start(rooms: number, participants: number): Promise<Parley> {
    return new Parley(await startMachine(LoadOptions.parse({ rooms, participants })));
  }

  async usage(): Promise<Usage> {
    const { mixer, worker } = await mixerUsage(this.#stack.mixers[0]?.pid ?? 0);
    return sum([mixer, worker]);
  }

  async openEmpty(count: number) {
    const sessions: Awaited<ReturnType<HubApi['createSession']>>[] = [];
    for (let index = 0; index < count; index++)
      sessions.push(await this.#api.createSession({ title: `Empty ${index + 1}` }));
    const close = async () => {
      for (const { session, ownerToken } of sessions) await this.#api.endSession(session.id, ownerToken);
    };
    return { close };
  }

  async openRoom(index: number, participants: number): Promise<ContenderRoom> {
    const room = await LoadRoom.open(this.#api, `Room ${index + 1}`, participants);
    // The provider hears by itself that people have fallen silent.
    return {
      bots: room.bots,
      joinMs: room.joinMs,
      hurried: false,
      answer: () => {},
      close: () => room.close(),
    };
  }

  async speaking(): Promise<number> {
    const metrics = await scrape(this.#stack.mixerMetricsUrls[0] ?? '');
    return metrics.get('parley_mixer_assistants{phase="speaking"}') ?? 0;
  }

  close(): Promise<void> {
    return this.#stack.close();
  }
}
