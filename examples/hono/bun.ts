import { getConnInfo } from 'hono/bun';
import { createApp } from './app.ts';
import { hostname, port } from './settings.ts';

const server = Bun.serve({ fetch: createApp(getConnInfo).fetch, hostname, port });
console.log(`Listening on http://${hostname}:${server.port}`);
