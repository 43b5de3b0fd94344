/** The clients that this page can be. An app of your own is one, and names it. */
export const choices = ['web', 'cli'] as const;

export type ClientChoice = (typeof choices)[number];

/** What the address says, `?client=cli`; else the page is what it is. */
export const chosenClient: ClientChoice = new URLSearchParams(location.search).get('client') === 'cli' ? 'cli' : 'web';

export function addressOf(client: ClientChoice): string {
  return client === 'web' ? '/' : `/?client=${client}`;
}
