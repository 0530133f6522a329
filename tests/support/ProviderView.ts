import { z } from 'zod';
import { readWav } from './audio/wav.ts';

const Connection = z.object({
  id: z.string(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  inputMs: z.number(),
  outputMs: z.number(),
  inputDroppedSamples: z.number(),
});
const Append = z.object({ atMs: z.number(), samples: z.number(), start: z.number() });
export type Append = z.infer<typeof Append>;
const Seen = z.object({ atMs: z.number(), event: z.record(z.string(), z.unknown()) });

/** What the provider (the simulator) received and sent: the other end of the mixer's link, not what the mixer believes. */
export class ProviderView {
  readonly #url: string;
  constructor(url: string) {
    this.#url = url;
  }

  async connections() {
    return (await this.#json(z.object({ connections: z.array(Connection) }), 'connections')).connections;
  }

  /** The newest connection. */
  async latest() {
    const connection = (await this.connections()).at(-1);
    if (!connection) throw new Error('The provider has seen no connection');
    return connection;
  }

  /** Everything that arrived on a connection (mono, the newest five minutes). */
  async input(id: string): Promise<{ samples: Int16Array; sampleRate: number }> {
    const response = await fetch(`${this.#url}/simulator/connections/${id}/input.wav`);
    const { samples, sampleRate, channels } = readWav(new Uint8Array(await response.arrayBuffer()));
    if (channels !== 1) throw new Error(`${channels} channels arrived`);
    return { samples, sampleRate };
  }

  async appends(id: string): Promise<Append[]> {
    return (await this.#json(z.object({ appends: z.array(Append) }), `connections/${id}/appends`)).appends;
  }

  /** Client events in order, audio left out. */
  async received(id: string) {
    return (await this.#json(z.object({ events: z.array(Seen) }), `connections/${id}/events`)).events;
  }

  /** Server events in order. */
  async sent(id: string) {
    return (await this.#json(z.object({ events: z.array(Seen) }), `connections/${id}/sent`)).events;
  }

  async #json<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>> {
    return schema.parse(await (await fetch(`${this.#url}/simulator/${path}`)).json());
  }
}
