import { z } from 'zod';

const Reply = z.looseObject({
  janus: z.string(),
  transaction: z.string().optional(),
  data: z.looseObject({ id: z.number() }).optional(),
  plugindata: z.looseObject({ data: z.looseObject({ error: z.string().optional() }) }).optional(),
  error: z.object({ code: z.number(), reason: z.string() }).optional(),
  version_string: z.string().optional(),
});
type Reply = z.output<typeof Reply>;

const WITHIN_MS = 10_000;
const PLUGIN = 'janus.plugin.audiobridge';

/** Janus' API over one WebSocket (its documentation, "The Janus API"), for one session with many handles. */
export class JanusApi {
  /** Like "1.1.2". */
  version = 'unknown';
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, PromiseWithResolvers<Reply>>();
  #asked = 0;
  #session = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    socket.addEventListener('close', () => this.#fail(new Error('Janus closed the connection.')));
  }

  /** Rejects when nobody answers at `url`. */
  static async open(url: string): Promise<JanusApi> {
    const socket = new WebSocket(url, 'janus-protocol');
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('close', () => reject(new Error(`Nobody answers at ${url}.`)));
    });
    const api = new JanusApi(socket);
    // Asked of the server, not of a session.
    api.version = (await api.#ask({ janus: 'info' })).version_string ?? 'unknown';
    api.#session = idIn(await api.#ask({ janus: 'create' }));
    return api;
  }

  /** A handle of AudioBridge: one can be in one room. */
  async attach(): Promise<number> {
    return idIn(await this.#ask({ janus: 'attach', plugin: PLUGIN }));
  }

  async detach(handle: number): Promise<void> {
    await this.#ask({ janus: 'detach', handle_id: handle });
  }

  /** One of AudioBridge's requests. Gives what the plugin says; rejects with its error. */
  async request(handle: number, body: object): Promise<Record<string, unknown>> {
    const { plugindata } = await this.#ask({ janus: 'message', handle_id: handle, body });
    if (plugindata?.data.error !== undefined) throw new Error(`Janus: ${plugindata.data.error}`);
    return plugindata?.data ?? {};
  }

  close(): void {
    this.#socket.close();
  }

  async #ask(message: object): Promise<Reply> {
    const transaction = String(this.#asked++);
    const waiting = Promise.withResolvers<Reply>();
    this.#waiting.set(transaction, waiting);
    const late = setTimeout(() => waiting.reject(new Error('Janus did not answer.')), WITHIN_MS);
    try {
      const session = this.#session === 0 ? {} : { session_id: this.#session };
      this.#socket.send(JSON.stringify({ ...message, ...session, transaction }));
      return await waiting.promise;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(transaction);
    }
  }

  #take(text: string): void {
    const reply = Reply.parse(JSON.parse(text));
    const waiting = this.#waiting.get(reply.transaction ?? '');
    // An acknowledgement says that the answer comes later.
    if (!waiting || reply.janus === 'ack') return;
    if (reply.error) waiting.reject(new Error(`Janus: ${reply.error.reason} (${reply.error.code})`));
    else waiting.resolve(reply);
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
  }
}

function idIn({ data }: Reply): number {
  if (!data) throw new Error('Janus gave no ID.');
  return data.id;
}
