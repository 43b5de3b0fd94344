import { getConnInfo } from 'hono/deno';
import { createApp } from './app.ts';
import { hostname, port } from './settings.ts';

Deno.serve(
  { hostname, port, onListen: (address) => console.log(`Listening on http://${hostname}:${address.port}`) },
  createApp(getConnInfo).fetch,
);
