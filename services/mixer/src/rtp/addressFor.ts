import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

export interface OwnAddresses {
  listenIp: string;
  announcedAddress: string | undefined;
}

/** Any: nothing is sent by it. */
const PORT = 9;

/**
 * Where somebody at `ip` is to send to. Who is on this machine is told an address of its own, not the announced one: what
 * goes there comes from another address than it gave, or never comes back from the router. Where all addresses are
 * listened to and none is announced, it is the one from which `ip` is reached. Never rejects.
 */
export async function addressFor(ip: string, { listenIp, announcedAddress }: OwnAddresses): Promise<string> {
  const everywhere = listenIp === '0.0.0.0' || listenIp === '::';
  if (!everywhere || (announcedAddress !== undefined && !isLoopback(ip))) return announcedAddress ?? listenIp;
  const socket = createSocket(isIP(ip) === 6 ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.connect(PORT, ip, resolve);
    });
    return socket.address().address;
  } catch {
    return listenIp; // no way there at present
  } finally {
    socket.close();
  }
}

const isLoopback = (ip: string): boolean => ip.startsWith('127.') || ip === '::1';
