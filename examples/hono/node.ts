import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { createApp } from './app.ts';
import { hostname, port } from './settings.ts';

serve({ fetch: createApp(getConnInfo).fetch, hostname, port }, (address) =>
  console.log(`Listening on http://${hostname}:${address.port}`),
);
