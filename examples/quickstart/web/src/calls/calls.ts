import { trpc } from '../app/connection.ts';

export interface Call {
  readonly name: string;
  /** Who may call it. */
  readonly allowed: string;
  readonly run: () => Promise<unknown>;
}

/** One procedure of each kind. See router.ts. */
export const calls: readonly Call[] = [
  { name: 'hello', allowed: 'Anyone', run: () => trpc.hello.query() },
  { name: 'whoami', allowed: 'Every signed-in user', run: () => trpc.whoami.query() },
  {
    name: 'publish',
    allowed: 'Only the client web',
    run: () => trpc.publish.mutate({ title: 'Down the rabbit hole' }),
  },
  { name: 'deploy', allowed: 'Only the client cli', run: () => trpc.deploy.mutate() },
  {
    name: 'changeSettings',
    allowed: 'Every client, within ten minutes of the sign-in',
    run: () => trpc.changeSettings.mutate(),
  },
  { name: 'reports.list', allowed: 'With the scope reports:read', run: () => trpc.reports.list.query() },
  {
    name: 'reports.add',
    allowed: 'With the scope reports:write, which cli lacks',
    run: () => trpc.reports.add.mutate({ title: 'Alice’s Evidence' }),
  },
  { name: 'rollDice', allowed: 'Anyone, three times a minute', run: () => trpc.rollDice.query() },
];
