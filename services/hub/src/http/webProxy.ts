import { ServerResponse } from 'node:http';
import type { Server } from 'node:http';
import { Socket } from 'node:net';
import { AppError } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { RequestHandler } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

const AWAY = new AppError(
  'web-unavailable',
  'The web page is not running yet. This page tries again by itself.',
);

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3">
<meta name="color-scheme" content="light dark">
<title>Parley is starting</title>
<body style="font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1rem">
<h1>The page is not there yet</h1>
<p>${AWAY.message} If it stays like this, look at the log of the web process.</p>
</body>
</html>
`;

export interface WebProxy {
  handler: RequestHandler;
  /** Takes the server's WebSockets that are not socket.io's. Returns the undo, which closes those that are open. */
  attach(server: Server): () => void;
}

/** Hands everything that is not the hub's own on to the web page's server, WebSockets too. */
export function createWebProxy(webUrl: string, log: Log): WebProxy {
  const proxy = createProxyMiddleware({
    target: webUrl,
    xfwd: true,
    on: {
      error: (error, req, res) => {
        log.debug({ err: error, path: req.url }, 'web page not reached');
        if (res instanceof ServerResponse) answer(res, req.headers.accept ?? '');
        else if (res instanceof Socket) refuse(res, `${AWAY.status} Service Unavailable`);
      },
    },
  });
  return {
    handler: (req, res, next) => void proxy(req, res, next),
    attach: (server) => {
      const open = new Set<Socket>();
      server.on('upgrade', (req, socket, head) => {
        const path = req.url ?? '/';
        // socket.io listens on the same server and takes its own.
        if (path.startsWith('/socket.io/')) return;
        if (!(socket instanceof Socket) || path.startsWith('/api/')) {
          refuse(socket, '404 Not Found');
          return;
        }
        open.add(socket);
        socket.on('close', () => open.delete(socket));
        socket.on('error', () => socket.destroy());
        proxy.upgrade(req, socket, head);
      });
      return () => {
        for (const socket of open) socket.destroy();
      };
    },
  };
}

function refuse(socket: { end(text: string): unknown }, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

function answer(res: ServerResponse, accept: string): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const html = accept.includes('text/html');
  res.writeHead(AWAY.status, {
    'Content-Type': html ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
    'Retry-After': '3',
    'Cache-Control': 'no-store',
  });
  res.end(html ? PAGE : JSON.stringify({ error: AWAY.body() }));
}
