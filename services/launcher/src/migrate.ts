import { resolve } from 'node:path';
import { createLog } from '@parley/kit/log';
import { applyMigrations } from './servers/migrations.ts';

/** Brings the database of DATABASE_URL to this version's shape and ends (L5): where no launcher runs, as in containers. */
const log = createLog('migrate', process.env['LOG_LEVEL'] ?? 'info');
const url = process.env['DATABASE_URL'];
if (!url) throw new Error('DATABASE_URL says where the database is; it is not set');
const { applied } = await applyMigrations(url, resolve(import.meta.dirname, '../../../prisma/migrations'));
log.info({ applied }, 'database is up to date');
