import 'server-only';
import { type Auth, createAuth } from './auth.ts';
import { openDatabase } from './database.ts';
import { type AppRouter, createAppRouter } from './router.ts';

export interface App {
  readonly durin: Auth;
  readonly router: AppRouter;
}

/**
 * Next evaluates modules several times in one process: for pages and for routes, and again after an edit. Only `globalThis`
 * is shared, so the database and its connections are kept there.
 */
const globals = globalThis as typeof globalThis & { durin?: Promise<Auth> | undefined };

/** Each copy of this module has a router of its own, so that an edit of the router takes effect. */
let app: Promise<App> | undefined;

/** Opens the app at the first request, and not while Next builds. */
export function openApp(): Promise<App> {
  app ??= createApp().catch((error: unknown) => {
    app = undefined; // the next request tries again
    throw error;
  });
  return app;
}

async function createApp(): Promise<App> {
  globals.durin ??= openDurin().catch((error: unknown) => {
    globals.durin = undefined;
    throw error;
  });
  const durin = await globals.durin;
  return { durin, router: createAppRouter(durin) };
}

async function openDurin(): Promise<Auth> {
  const durin = createAuth(await openDatabase());
  await durin.clients.sync();
  return durin;
}
