import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client';
import type { DurinErrorCode } from 'trpc-durin';
import { demoUser } from './database.ts';
import type { AppRouter } from './router.ts';

/** Calls the server as a client program would, and prints a line per step. Returns whether every step succeeded. */
export async function takeTour(url: string): Promise<boolean> {
  const anonymous = connect(url);
  const { username, password } = demoUser;
  const logIn = (client: 'web' | 'cli', deviceName?: string) =>
    anonymous.auth.login.mutate({ username, password, client, deviceName });

  try {
    await step('Anyone may call hello', async () => anonymous.hello.query());
    await refusal('whoami needs a token', () => anonymous.whoami.query(), 'NO_CREDENTIALS');
    await refusal(
      'A wrong password is refused',
      () => anonymous.auth.login.mutate({ username, password: 'looking-glass', client: 'web' }),
      'INVALID_CREDENTIALS',
    );

    let web = anonymous;
    await step(`${username} logs in to the client web`, async () => {
      const { token, user, expiry } = await logIn('web', 'Laptop');
      web = connect(url, token);
      return `user ${user.id}, a token of ${token.length} characters, valid until ${expiry}`;
    });
    await step('With the token, whoami works', async () => describe(await web.whoami.query()));
    await step('The client web may publish', async () => web.publish.mutate({ title: 'Down the rabbit hole' }));
    await step('A refresh renews the token', async () => {
      const { expiry } = await web.auth.refresh.mutate();
      return `valid until ${expiry}`;
    });

    let phone = anonymous;
    await step(`${username} logs in on a second device`, async () => {
      phone = connect(url, (await logIn('web', 'Phone')).token);
      return describe(await phone.whoami.query());
    });

    const isOnCli = (await web.auth.sessions.list.query()).some(({ client }) => client === 'cli');
    let cli = anonymous;
    await step(`${username} also logs in to the client cli`, async () => {
      const { token } = await logIn('cli');
      cli = connect(url, token);
      return describe(await cli.whoami.query());
    });
    await refusal('The client cli may not publish', () => cli.publish.mutate({ title: 'x' }), 'CLIENT_NOT_ALLOWED');

    let sessions: Session[] = [];
    await step('The sessions are listed', async () => {
      sessions = await web.auth.sessions.list.query();
      return sessions.map(titleOf).join(', ');
    });
    const idOf = (isWanted: (session: Session) => boolean) => sessions.find(isWanted)?.id ?? '';

    await step('The laptop signs out the phone', async () => {
      await web.auth.sessions.revoke.mutate({ id: idOf(({ name }) => name === 'Phone') });
      return 'revoked';
    });
    await refusal("The phone's token is no longer valid", () => phone.whoami.query(), 'INVALID_TOKEN');
    await step('The laptop is still signed in', async () => describe(await web.whoami.query()));
    if (isOnCli) report('web leaves the session of cli alone', 'it existed before the tour');
    else {
      await step('web ends the session of cli', async () => {
        await web.auth.sessions.revoke.mutate({ id: idOf(({ client }) => client === 'cli') });
        return 'revoked';
      });
      await refusal("cli's token is no longer valid", () => cli.whoami.query(), 'INVALID_TOKEN');
    }

    for (const _ of [1, 2, 3]) await step('The dice may be rolled', async () => `a ${await web.rollDice.query()}`);
    await refusal('but only three times a minute', () => web.rollDice.query(), 'THROTTLED');

    let key = '';
    if ((await web.auth.keys.list.query()).some(({ name }) => name === keyName)) {
      report('The API key stays', 'it existed before the tour');
    } else {
      let program = anonymous;
      await step(`${username} creates an API key that may read`, async () => {
        const created = await web.auth.keys.create.mutate({ name: keyName, scopes: ['reports:read'], ttl: '30d' });
        key = created.token;
        program = connect(url, key);
        return `${created.preview}, for ${created.scopes.join(', ')}, expires: in ${created.expiresIn}`;
      });
      await step('With the key, a program lists reports', async () => (await program.reports.list.query()).join(', '));
      await refusal('The key may not add one', () => program.reports.add.mutate({ title: 'x' }), 'INSUFFICIENT_SCOPE');
      await refusal('An API key may not change settings', () => program.changeSettings.mutate(), 'INSUFFICIENT_SCOPE');
    }
    await step('The laptop logs out', async () => {
      await web.auth.logout.mutate();
      return 'the tour leaves no session behind';
    });
    if (key !== '') {
      console.log(`\nCall the API with ${username}'s key from another terminal. It is not shown again:`);
      console.log(`  curl -H "Authorization: Token ${key}" ${url}/trpc/reports.list\n`);
    }
    return true;
  } catch (error) {
    console.log(`✗ ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** The API key of the tour. A user's keys have different names. */
const keyName = 'Tour';

type Session = Awaited<ReturnType<ReturnType<typeof connect>['auth']['sessions']['list']['query']>>[number];

/** `Phone on web`, or the client of a session without a name. */
function titleOf({ name, client, isCurrent }: Session): string {
  return `${name === null ? client : `${name} on ${client}`}${isCurrent ? ' (this one)' : ''}`;
}

function connect(url: string, token?: string) {
  const headers = token === undefined ? {} : { authorization: `Token ${token}` };
  return createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${url}/trpc`, headers })] });
}

async function step(title: string, run: () => Promise<string>): Promise<void> {
  try {
    report(title, await run());
  } catch (error) {
    throw new Error(`${title}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function refusal(title: string, run: () => Promise<unknown>, code: DurinErrorCode): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (codeOf(error) !== code)
      throw new Error(`${title}: refused for another reason, ${codeOf(error)}`, { cause: error });
    report(title, `refused: ${code}, "${error instanceof Error ? error.message : ''}"`);
    return;
  }
  throw new Error(`${title}: was not refused`);
}

/** The code of a refusal is in `error.data.durin`. */
function codeOf(error: unknown): string {
  return error instanceof TRPCClientError ? (error.data?.durin?.code ?? error.message) : String(error);
}

function describe({ username, client, expiresIn }: { username: string; client: string; expiresIn: string }): string {
  return `${username} on ${client}, expires: ${expiresIn === 'never' ? 'never' : `in ${expiresIn}`}`;
}

function report(title: string, detail: string): void {
  console.log(`✓ ${title.padEnd(50)} ${detail}`);
}
