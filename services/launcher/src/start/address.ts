import { networkInterfaces } from 'node:os';
import { freePortsFrom, isFree } from '../processes/ports.ts';
import { SetupError } from '../setup/Setup.ts';

export interface Address {
  host: string;
  port: number;
  /** As a browser types it. */
  url: string;
  /** Other devices can reach it. */
  onNetwork: boolean;
  /** The wanted port was taken; this one is another. */
  instead?: number;
}

export interface AddressWish {
  host: string;
  port: number | undefined;
  publicUrl?: string | undefined;
}

export const DEFAULT_PORT = 3_000;

/** Where to listen. A port that was asked for is taken or refused; without one the first free port from 3000 (L3). */
export async function chooseAddress({ host, port, publicUrl }: AddressWish): Promise<Address> {
  const onNetwork = !/^(localhost|127\.|::1$)/.test(host);
  const free = await isFree(host, port ?? DEFAULT_PORT);
  if (!free && port !== undefined)
    throw new SetupError(
      `Port ${port} on ${host} is taken by another program. Stop that one, or choose another port: npm start -- --port ${port + 1}`,
    );
  const chosen =
    port ?? (free ? DEFAULT_PORT : ((await freePortsFrom(DEFAULT_PORT + 1, 1))[0] ?? DEFAULT_PORT));
  const url = publicUrl ?? `http://${browserHost(host, onNetwork)}:${chosen}`;
  return { host, port: chosen, url, onNetwork, ...(free ? {} : { instead: DEFAULT_PORT }) };
}

/** This machine's address in the local network, if it has one. */
export function lanAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}

function browserHost(host: string, onNetwork: boolean): string {
  if (!onNetwork) return 'localhost';
  const name = host === '0.0.0.0' || host === '::' ? (lanAddress() ?? 'localhost') : host;
  return name.includes(':') ? `[${name}]` : name;
}
