import { AppError } from '@parley/contract';
import { Router } from 'express';
import type { ConnectionRecord } from '../inspect/ConnectionRecord.ts';
import type { Inspector } from '../inspect/Inspector.ts';
import type { ModelLog } from '../inspect/ModelLog.ts';
import { wavFile } from '../inspect/wav.ts';

/**
 * `/simulator/…`: what no provider has. Without an inspector every path answers 404 in words (S70).
 * - `connections`: all, in the order opened
 * - `connections/:id`, `…/events` (client events), `…/sent` (server events), `…/appends` (arrival of the audio)
 * - `connections/:id/input.wav`, `…/output.wav`
 * - `models`: what models were asked
 */
export function inspectRoutes(inspector: Inspector | undefined, models?: ModelLog): Router {
  const router = Router();
  router.use((_request, _response, next) => {
    if (!inspector) throw new AppError('not-found', 'Inspection is off. Start with SIMULATOR_INSPECT=true.');
    next();
  });
  if (!inspector) return router;

  const find = (id: string): ConnectionRecord => {
    const record = inspector.find(id);
    if (!record) throw new AppError('not-found', `No connection ${id} is remembered.`);
    return record;
  };
  router.get('/connections', (_request, response) => {
    response.json({ connections: inspector.list().map((record) => record.summary()) });
  });
  router.get('/connections/:id', (request, response) => {
    response.json(find(request.params.id).summary());
  });
  router.get('/connections/:id/events', (request, response) => {
    response.json({ events: find(request.params.id).received });
  });
  router.get('/connections/:id/sent', (request, response) => {
    response.json({ events: find(request.params.id).sent });
  });
  router.get('/connections/:id/appends', (request, response) => {
    response.json({ appends: find(request.params.id).appends });
  });
  router.get('/connections/:id/input.wav', (request, response) => {
    response.type('audio/wav').send(wavFile(find(request.params.id).input.chunks));
  });
  router.get('/connections/:id/output.wav', (request, response) => {
    response.type('audio/wav').send(wavFile(find(request.params.id).output.chunks));
  });
  router.get('/models', (_request, response) => {
    response.json({ requests: models?.list() ?? [] });
  });
  router.use((request) => {
    throw new AppError('not-found', `Nothing is at ${request.originalUrl}.`);
  });
  return router;
}
