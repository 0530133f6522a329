import type { RequestHandler } from 'express';

const PREFLIGHT_SECONDS = '600';

/** Pages of any origin may call the provider with a client secret: a browser asks first, without a key. */
export const allowPages: RequestHandler = (request, response, next) => {
  response.set('Access-Control-Allow-Origin', '*').set('Access-Control-Expose-Headers', 'Location');
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  response
    .set('Access-Control-Allow-Methods', 'GET, POST, OPTIONS')
    .set('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? '*')
    .set('Access-Control-Max-Age', PREFLIGHT_SECONDS)
    .status(204)
    .end();
};
