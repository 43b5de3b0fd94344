import { createDurinClient } from '../client/create-durin-client.ts';
import { webStorage } from '../client/storage/web-storage.ts';
import type { AdminPageRouter } from '../src/admin/page/page-router.ts';
import { fetchFromApi } from './data/foreign-answer.ts';
import { config } from './page-config.ts';

/**
 * The client of the page's API, at `api` below the page. The session lasts as long as the tab. Queries are POSTs, so that
 * search texts do not appear in URLs and access logs.
 */
export const { trpc, auth } = createDurinClient<AdminPageRouter>({
  url: new URL('api', document.baseURI).href,
  path: 'auth',
  client: config.client ?? '',
  authHeaderPrefix: config.authHeaderPrefix,
  storage: webStorage(() => sessionStorage),
  storageKey: `durin-admin ${new URL('.', document.baseURI).pathname}`,
  methodOverride: 'POST',
  fetch: fetchFromApi,
});
