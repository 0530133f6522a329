import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { WebSocket } from 'ws';
import { z } from 'zod';

const Targets = z
  .array(z.object({ webSocketDebuggerUrl: z.url() }))
  .transform(([first], context) => first ?? context.addIssue('no target') ?? z.NEVER);
const Message = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.object({ chunk: z.string().optional() }).optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});
const Evaluated = z.object({ result: z.object({ value: z.string() }) });

/** Another Node process that was started with `--inspect=127.0.0.1:PORT`, seen through its debugger. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #onChunk: ((chunk: string) => void) | undefined;
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#hear(data.toString('utf8')));
  }

  static async open(port: number): Promise<Inspector> {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const { webSocketDebuggerUrl } = Targets.parse(await response.json());
    const socket = new WebSocket(webSocketDebuggerUrl, { perMessageDeflate: false });
    await once(socket, 'open');
    return new Inspector(socket);
  }

  /** What is not used any more goes, as far as the engine can tell. */
  async collectGarbage(): Promise<void> {
    for (let round = 0; round < 3; round++) await this.#call('HeapProfiler.collectGarbage');
  }

  /** `process.memoryUsage()`, bytes, and of the heap what is there for new objects. */
  async memoryUsage(): Promise<NodeJS.MemoryUsage & { young: number }> {
    const expression = `JSON.stringify({
      ...process.memoryUsage(),
      young: process.getBuiltinModule('v8').getHeapSpaceStatistics()
        .reduce((sum, { space_name, space_size }) => sum + (space_name.startsWith('new') ? space_size : 0), 0),
    })`;
    const { result } = Evaluated.parse(await this.#call('Runtime.evaluate', { expression }));
    return JSON.parse(result.value) as NodeJS.MemoryUsage & { young: number };
  }

  /** Writes a heap snapshot, to be opened in the developer tools of Chromium. */
  async snapshot(file: string): Promise<void> {
    const out = createWriteStream(file);
    this.#onChunk = (chunk) => out.write(chunk);
    await this.#call('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    this.#onChunk = undefined;
    out.end();
    await once(out, 'finish');
  }

  close(): void {
    this.#socket.close();
  }

  #call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#calls;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return waiting.promise;
  }

  #hear(text: string): void {
    const { id, params, result, error } = Message.parse(JSON.parse(text));
    if (params?.chunk !== undefined) this.#onChunk?.(params.chunk);
    if (id === undefined) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`The debugger refuses: ${JSON.stringify(error)}`));
  }
}
