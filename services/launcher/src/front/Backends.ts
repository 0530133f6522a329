import { connect, type Socket } from 'node:net';

interface Backend {
  url: URL;
  /** Its last look was answered. */
  well: boolean;
  open: number;
}

export interface BackendsOptions {
  /** Where each one listens, on this machine. */
  urls: readonly string[];
  /** Asks one whether it is well; rejects when it is not. */
  look: (url: URL) => Promise<void>;
  /** How often it is asked. */
  everyMs: number;
}

/** Several servers that do the same. A connection goes to the one with the fewest among those that are well. */
export class Backends {
  readonly #backends: readonly Backend[];
  readonly #timer: NodeJS.Timeout;

  constructor({ urls, look, everyMs }: BackendsOptions) {
    this.#backends = urls.map((url) => ({ url: new URL(url), well: true, open: 0 }));
    const lookAt = async (backend: Backend) => {
      backend.well = await look(backend.url).then(
        () => true,
        () => false,
      );
    };
    this.#timer = setInterval(() => {
      for (const backend of this.#backends) void lookAt(backend);
    }, everyMs);
  }

  /** One that refuses is passed over; one that seemed ill is tried last. Rejects when none is to be had. */
  async connect(): Promise<Socket> {
    let failure = new Error('There is no server to connect to');
    for (const backend of this.#inOrder()) {
      backend.open += 1;
      try {
        const socket = await dial(backend.url);
        socket.once('close', () => (backend.open -= 1));
        return socket;
      } catch (error) {
        backend.open -= 1;
        backend.well = false;
        failure = error instanceof Error ? error : failure;
      }
    }
    throw failure;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #inOrder(): Backend[] {
    return this.#backends.toSorted((a, b) => Number(b.well) - Number(a.well) || a.open - b.open);
  }
}

function dial({ hostname, port }: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
