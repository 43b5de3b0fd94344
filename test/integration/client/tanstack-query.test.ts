// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider, useMutation, useQuery } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { act, createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createDurinLink, memoryStorage } from '../../../client/index.ts';
import { useDurinSession } from '../../../client/react.ts';
import { type AppRouter, alice, bob, openSdkApp, type TestApp, transformer, url } from './sdk-app.ts';

/** The document of happy-dom. */
declare const document: { createElement(name: 'div'): Element };
type Element = Parameters<typeof createRoot>[0] & { textContent: string | null };

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());
beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(() => vi.unstubAllGlobals());

const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

/** Opens an app with mutations and queries of its own, which uses the SDK only as a link. */
async function openApp() {
  const network = app.connect();
  const { link, headers, auth } = createDurinLink<AppRouter>({ path: 'auth', client: 'web', storage: memoryStorage() });
  const trpcClient = createTRPCClient<AppRouter>({
    links: [link, httpBatchLink({ url, transformer, headers, fetch: network.fetch })],
  });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });

  let controls: ReturnType<typeof useControls> | undefined;
  function useControls() {
    const trpc = useTRPC();
    const isSignedIn = useDurinSession(auth).status === 'signed-in';
    return {
      login: useMutation(trpc.auth.login.mutationOptions()).mutateAsync,
      logout: useMutation(trpc.auth.logout.mutationOptions()).mutateAsync,
      me: useQuery(trpc.me.queryOptions(undefined, { enabled: isSignedIn })),
      hello: useQuery(trpc.hello.queryOptions()),
    };
  }

  function Page() {
    const session = useDurinSession(auth);
    controls = useControls();
    const who = session.status === 'signed-in' ? `signed in: ${session.user.name}` : `nobody: ${session.reason ?? ''}`;
    return createElement('p', null, `${who}; me: ${controls.me.data ?? ''}; hello: ${controls.hello.data ?? ''}`);
  }

  const container = document.createElement('div');
  const root = createRoot(container);
  const provided = createElement(TRPCProvider, { trpcClient, queryClient, children: createElement(Page) });
  const tree = createElement(QueryClientProvider, { client: queryClient }, provided);
  await act(async () => root.render(createElement(StrictMode, null, tree)));

  return {
    network,
    auth,
    text: () => container.textContent,
    /** Runs the work with the hooks' results, and waits until the page shows the text. */
    async until(text: string, work: (page: NonNullable<typeof controls>) => Promise<unknown> = async () => {}) {
      await act(async () => controls && (await work(controls)));
      await act(async () => vi.waitFor(() => expect(container.textContent).toBe(text)));
    },
    refetch: () => act(async () => queryClient.invalidateQueries()),
    async close() {
      await act(async () => root.unmount());
      auth.close();
    },
  };
}

test('the SDK follows the app’s own login and logout mutations', async () => {
  const page = await openApp();
  await page.until('nobody: ; me: ; hello: stranger');
  await page.until('signed in: alice; me: alice; hello: stranger', ({ login }) => login({ ...alice, client: 'web' }));
  await page.refetch();
  await page.until('signed in: alice; me: alice; hello: alice');
  expect(
    page.network.seen.filter(({ calls }) => calls.includes('me')).every(({ authorization }) => authorization),
  ).toBe(true);
  await page.until('nobody: logged-out; me: alice; hello: alice', ({ logout }) => logout()); // the cache is the app's
  await page.close();
});

test('a refused query signs out, and its typed error holds the reason', async () => {
  const page = await openApp();
  await page.until('signed in: bob; me: bob; hello: stranger', ({ login }) => login({ ...bob, client: 'web' }));
  await app.durin.tokens.revokeAll({ user: 2 });
  await page.until('nobody: revoked; me: bob; hello: stranger', async ({ me }) => {
    const { error } = await me.refetch();
    expect(error?.data?.durin?.code).toBe('INVALID_TOKEN');
  });
  await page.close();
});

test('a refused login signs nobody in and rejects the mutation', async () => {
  const page = await openApp();
  await page.until('nobody: ; me: ; hello: stranger', async ({ login }) => {
    const wrong = login({ ...alice, password: 'wrong', client: 'web' });
    await expect(wrong).rejects.toMatchObject({ data: { durin: { code: 'INVALID_CREDENTIALS' } } });
  });
  await page.close();
});
