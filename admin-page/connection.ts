import { createDurinClient } from '../client/create-durin-client.ts';
import { webStorage } from '../client/storage/web-storage.ts';
import type { AdminPageRouter } from '../src/admin/page/page-router.ts';
import { config } from './page-config.ts';

/**
 * The page's way to the server, at `api` below the page. The session lasts as long as the tab. Calls are POSTs: what is
 * searched for is in no URL, and so in no log.
 */
export const { trpc, auth } = createDurinClient<AdminPageRouter>({
  url: new URL('api', document.baseURI).href,
  path: 'auth',
  client: config.client ?? '',
  authHeaderPrefix: config.authHeaderPrefix,
  storage: webStorage(() => sessionStorage),
  storageKey: `durin-admin ${new URL('.', document.baseURI).pathname}`,
  methodOverride: 'POST',
});
