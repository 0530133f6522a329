import { defineConfig } from 'prisma/config';

/** For the real CLI: `npx prisma migrate status --config prisma/prisma.config.ts` with DATABASE_URL set. */
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
