import { BlockList, isIP } from 'node:net';

/** `127.0.0.0/8,10.1.2.3,::1` as a list of addresses; undefined when a part of it is none. Empty allows nobody. */
export function readSources(text: string): BlockList | undefined {
  const list = new BlockList();
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [address = '', prefix, ...rest] = part.split('/');
    const family = isIP(address);
    const bits = Number(prefix ?? (family === 6 ? 128 : 32));
    if (family === 0 || rest.length > 0 || prefix === '') return undefined;
    if (!Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) return undefined;
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** An IPv4 sender at a socket for both families comes as `::ffff:127.0.0.1`, which the list takes for what it is. */
export const isAllowed = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
