import type { IncomingMessage } from 'node:http';

/**
 * Who asks, for what express does not handle: the address that the last trusted proxy names in X-Forwarded-For. `trust`
 * is express's compiled setting `trust proxy`: whether the proxy so many hops away, at this address, is believed.
 */
export function callerAddress(
  { socket, headers }: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } },
  trust: (address: string, hop: number) => boolean,
): string {
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const hops = forwarded.map((each) => each.trim()).filter(Boolean);
  let address = socket.remoteAddress ?? 'unknown';
  for (let hop = 0, next = hops.pop(); next !== undefined && trust(address, hop); hop += 1, next = hops.pop())
    address = next;
  return address;
}
