import path from 'node:path';
import type { NextConfig } from 'next';

// Read by Next after this file is loaded: nothing is reported to anybody.
process.env['NEXT_TELEMETRY_DISABLED'] = '1';

const repository = path.resolve(import.meta.dirname, '../..');

/** The page is served behind the hub, which owns `/api` and `/socket.io` on the same origin. */
const config: NextConfig = {
  transpilePackages: ['@parley/contract'],
  turbopack: { root: repository },
  outputFileTracingRoot: repository,
  // `npm run typecheck` is the judge; a second run inside every build would only make the first start slower.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  devIndicators: false,
};

export default config;
