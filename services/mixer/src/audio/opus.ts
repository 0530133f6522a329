import type { Codec } from './codec.ts';

/** Loads libopus (WebAssembly, once per process). The encoder: 24 kHz mono, 32 kbit/s, voip, complexity 5, in-band FEC. */
export function loadOpus(): Promise<Codec> {
  return Promise.reject(new Error('not yet'));
}
