import { connect, createServer, type AddressInfo } from 'node:net';

/**
 * A door to the model on this side of the wall: an address on the loopback, whose connections go on through the runner's
 * Unix socket. Returns its base URL.
 */
export async function forwardModel(socketPath: string): Promise<string> {
  const server = createServer((near) => {
    const far = connect(socketPath);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
