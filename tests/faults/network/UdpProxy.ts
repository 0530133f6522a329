import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface Impairment {
  /** Part of the packets that never arrive, each way, 0…1. */
  loss?: number;
  /** Each packet comes up to so much later, each by itself, so that they overtake each other. */
  jitterMs?: number;
  /** Nothing comes through. */
  blackout?: boolean;
}

interface Flow {
  upstream: Socket;
  client: { address: string; port: number };
}

/** A bad network between one client and one UDP port of the mixer. It is a NAT, too: it can change its ports. */
export class UdpProxy {
  impairment: Impairment = {};
  readonly #random: () => number;
  readonly #front: Socket;
  readonly #flows = new Map<string, Flow>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #target: number | undefined;
  #closed = false;

  private constructor(front: Socket, random: () => number) {
    this.#front = front;
    this.#random = random;
    front.on('message', (packet, { address, port }) => {
      const flow = this.#flow(address, port);
      this.#pass(() => flow.upstream.send(packet, this.#target, '127.0.0.1'));
    });
  }

  static async open(random: () => number): Promise<UdpProxy> {
    const front = createSocket('udp4');
    front.bind(0, '127.0.0.1');
    await once(front, 'listening');
    return new UdpProxy(front, random);
  }

  /** The port to which the client must send in place of `target`. */
  to(target: number): number {
    this.#target = target;
    return this.#front.address().port;
  }

  /** The NAT has forgotten: the same client comes from another port now. */
  rebind(): void {
    for (const flow of this.#flows.values()) {
      flow.upstream.close();
      flow.upstream = this.#upstream(flow);
    }
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { upstream } of this.#flows.values()) upstream.close();
    this.#front.close();
  }

  #flow(address: string, port: number): Flow {
    const key = `${address}:${port}`;
    const known = this.#flows.get(key);
    if (known) return known;
    const client = { address, port };
    const flow: Flow = { client, upstream: this.#upstream({ client }) };
    this.#flows.set(key, flow);
    return flow;
  }

  #upstream({ client }: Pick<Flow, 'client'>): Socket {
    const socket = createSocket('udp4');
    socket.on('message', (packet) => this.#pass(() => this.#front.send(packet, client.port, client.address)));
    return socket;
  }

  #pass(send: () => void): void {
    const { loss = 0, jitterMs = 0, blackout = false } = this.impairment;
    if (this.#closed || blackout || this.#random() < loss) return;
    if (jitterMs === 0) {
      send();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, this.#random() * jitterMs);
    this.#timers.add(timer);
  }
}
