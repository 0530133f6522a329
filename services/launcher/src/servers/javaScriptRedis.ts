import { once } from 'node:events';
import { createRedisServer } from 'js-redis-server';

/**
 * A program of its own: `node javaScriptRedis.ts PORT`. The package listens on every address, so what it opened (on any
 * free port) is closed at once and opened again on 127.0.0.1 alone.
 */
const { server } = await createRedisServer();
const socket = server.server;
const closed = once(socket, 'close');
socket.close();
await closed;
socket.listen({ host: '127.0.0.1', port: Number(process.argv[2]) }, () =>
  process.stdout.write('Ready to accept connections\n'),
);
process.once('SIGTERM', () => process.exit(0));
