import type { SessionView } from 'trpc-durin';

/** The client of API keys. The server lists them among the sessions, and this page in a card of their own. */
export const keyClient = 'api';

/** What to call a session: its name, or else its device, such as "Firefox on Windows". */
export function titleOf({ name, device }: Pick<SessionView, 'name' | 'device'>): string {
  return name ?? describeDevice(device);
}

/** Describes a device: "Firefox on Windows". */
export function describeDevice(device: SessionView['device']): string {
  const words = [device?.browser, device?.os].filter((word) => word != null);
  return words.length > 0 ? words.join(' on ') : 'Unknown device';
}
