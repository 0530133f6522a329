import { createServer } from 'node:net';

/** Whether a server could listen there now. */
export async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The first `count` free ports on 127.0.0.1 from `from` upward. */
export async function freePortsFrom(from: number, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let port = from; found.length < count; port++) {
    if (port > 65_535) throw new Error(`No ${count} free ports from ${from} upward`);
    if (await isFree('127.0.0.1', port)) found.push(port);
  }
  return found;
}

/** Any free port on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('No port')),
      );
    });
  });
}
