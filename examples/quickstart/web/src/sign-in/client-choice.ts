/** The clients that this page can sign in as. An app of your own is a single client. */
export const choices = ['web', 'cli'] as const;

export type ClientChoice = (typeof choices)[number];

/** The client in the address (`?client=cli`). Default: web. */
export const chosenClient: ClientChoice = new URLSearchParams(location.search).get('client') === 'cli' ? 'cli' : 'web';

export function addressOf(client: ClientChoice): string {
  return client === 'web' ? '/' : `/?client=${client}`;
}
