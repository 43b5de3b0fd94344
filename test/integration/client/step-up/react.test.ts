// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider, useMutation, useQuery } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { act, createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createDurinLink, memoryStorage } from '../../../../client/index.ts';
import { createReauthentication, type ReauthenticationRequest, useReauthentication } from '../../../../client/react.ts';
import { type AppRouter, alice, openSdkApp, type TestApp, transformer, url } from '../sdk-app.ts';

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

/** Passwords are hashed, which takes long on a busy machine. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000 });

const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

/** Opens an app with a session that is not fresh, a query and a mutation that need a fresh one, and a dialog. */
async function openApp() {
  const network = app.connect();
  const reauthentication = createReauthentication<AppRouter>();
  const { onReauthenticate } = reauthentication;
  const storage = memoryStorage();
  const { link, headers, auth } = createDurinLink<AppRouter>({
    path: 'auth',
    client: 'web',
    storage,
    onReauthenticate,
  });
  const trpcClient = createTRPCClient<AppRouter>({
    links: [link, httpBatchLink({ url, transformer, headers, fetch: network.fetch })],
  });
  auth.connect(trpcClient);
  await auth.login(alice);
  app.clock.advance(3600);
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });

  let request: ReauthenticationRequest<typeof alice> | null = null;
  let erase: (() => void) | undefined;
  function Page() {
    const trpc = useTRPC();
    const secrets = useQuery(trpc.secrets.queryOptions());
    const erasing = useMutation(trpc.erase.mutationOptions());
    request = useReauthentication(reauthentication);
    erase = erasing.mutate;
    const asked = request === null ? 'nothing' : `${request.refusal.code}${request.isBusy ? ', busy' : ''}`;
    const codeOf = (error: typeof erasing.error | typeof secrets.error) => error?.data?.durin?.code ?? 'none';
    return createElement(
      'p',
      null,
      `asked: ${asked}; query: ${secrets.data ?? secrets.status}, error: ${codeOf(secrets.error)}; ` +
        `mutation: ${erasing.data ?? erasing.status}, error: ${codeOf(erasing.error)}`,
    );
  }

  const container = document.createElement('div');
  const root = createRoot(container);
  const provided = createElement(TRPCProvider, { trpcClient, queryClient, children: createElement(Page) });
  const tree = createElement(QueryClientProvider, { client: queryClient }, provided);
  await act(async () => root.render(createElement(StrictMode, null, tree)));

  return {
    network,
    auth,
    root,
    Page,
    /** Does something to the page, and waits until it shows the text. */
    async shows(text: string, work: () => unknown = () => undefined) {
      await act(async () => void (await work()));
      await act(async () => until(() => expect(container.textContent).toBe(text)));
      return container.textContent;
    },
    erase: () => erase?.(),
    submit: (input: typeof alice) => request?.submit(input),
    cancel: () => request?.cancel(),
    async close() {
      await act(async () => root.unmount());
      auth.close();
    },
  };
}

const asking = 'asked: REAUTHENTICATION_REQUIRED; query: pending, error: none; mutation: pending, error: none';

test('queries and mutations wait for the dialog, and then succeed', async () => {
  const page = await openApp();
  expect(await page.shows(asking, page.erase)).toBe(asking);
  await page.shows(asking.replace('REAUTHENTICATION_REQUIRED', 'INVALID_CREDENTIALS'), () =>
    page.submit({ ...alice, password: 'wrong' }),
  );
  await page.shows('asked: nothing; query: secrets of alice, error: none; mutation: alice, error: none', () =>
    page.submit(alice),
  );
  await page.close();
});

test('the dialog is busy while an answer is verified, and takes no other', async () => {
  const page = await openApp();
  expect(await page.shows(asking, page.erase)).toBe(asking);
  page.network.hold('auth.reauthenticate');
  await page.shows(asking.replace('REQUIRED;', 'REQUIRED, busy;'), () => page.submit(alice));
  page.submit(alice);
  await until(() => expect(page.network.held).toHaveLength(1));
  await page.shows('asked: nothing; query: secrets of alice, error: none; mutation: alice, error: none', () =>
    page.network.release('auth.reauthenticate'),
  );
  expect(page.network.seen.filter(({ calls }) => calls === 'auth.reauthenticate')).toHaveLength(1);
  await page.close();
});

test('Cancel while an answer is verified fails them, though it was right', async () => {
  const page = await openApp();
  expect(await page.shows(asking, page.erase)).toBe(asking);
  page.network.hold('auth.reauthenticate');
  await page.shows(asking.replace('REQUIRED;', 'REQUIRED, busy;'), () => page.submit(alice));
  await until(() => expect(page.network.held).toHaveLength(1));
  const sent = page.network.seen.length;
  const refused = 'error, error: REAUTHENTICATION_REQUIRED';
  const declined = `asked: nothing; query: ${refused}; mutation: ${refused}`;
  await page.shows(declined, page.cancel);
  expect(await page.shows(declined, () => page.network.release('auth.reauthenticate'))).toBe(declined);
  expect(page.network.seen).toHaveLength(sent);
  await page.close();
});

test('a dialog that is cancelled fails them with their refusal', async () => {
  const page = await openApp();
  expect(await page.shows(asking, page.erase)).toBe(asking);
  const refused = 'error, error: REAUTHENTICATION_REQUIRED';
  await page.shows(`asked: nothing; query: ${refused}; mutation: ${refused}`, page.cancel);
  await page.close();
});

test('the dialog closes when the session ends', async () => {
  const page = await openApp();
  expect(await page.shows(asking, page.erase)).toBe(asking);
  const refused = 'error, error: REAUTHENTICATION_REQUIRED';
  await page.shows(`asked: nothing; query: ${refused}; mutation: ${refused}`, () => page.auth.logout());
  await page.close();
});

test('a server renders no dialog', () => {
  const reauthentication = createReauthentication<AppRouter>();
  function Dialog() {
    return createElement('p', null, useReauthentication(reauthentication) === null ? 'closed' : 'open');
  }
  expect(renderToString(createElement(Dialog))).toBe('<p>closed</p>');
});
