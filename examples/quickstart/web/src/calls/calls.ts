import { trpc } from '../app/connection.ts';

export interface Call {
  readonly name: string;
  /** Who may. */
  readonly who: string;
  readonly run: () => Promise<unknown>;
}

/** A procedure of every kind that the server has: see router.ts. */
export const calls: readonly Call[] = [
  { name: 'hello', who: 'Anyone', run: () => trpc.hello.query() },
  { name: 'whoami', who: 'Whoever is signed in', run: () => trpc.whoami.query() },
  {
    name: 'publish',
    who: 'The client web only',
    run: () => trpc.publish.mutate({ title: 'Down the rabbit hole' }),
  },
  { name: 'deploy', who: 'The client cli only', run: () => trpc.deploy.mutate() },
  { name: 'changeSettings', who: 'Every client but API keys', run: () => trpc.changeSettings.mutate() },
  { name: 'rollDice', who: 'Anyone, three times a minute', run: () => trpc.rollDice.query() },
];
