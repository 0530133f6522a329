import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { AppError } from '@parley/contract';

/** Binds to the first free port of the range, or to any. Closes the socket and throws `not-ready` when there is none. */
export async function bindWithin(
  socket: Socket,
  address: string,
  ports: readonly [number, number] | undefined,
): Promise<void> {
  const [first, last] = ports ?? [0, 0];
  for (let port = first; port <= last; port++) {
    try {
      const listening = once(socket, 'listening');
      socket.bind({ address, port, exclusive: true });
      await listening;
      return;
    } catch (error) {
      if (isTaken(error)) continue;
      socket.close();
      throw error;
    }
  }
  socket.close();
  throw new AppError('not-ready', 'No port is free for RTP. See RTC_BRIDGE_PORTS.');
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
