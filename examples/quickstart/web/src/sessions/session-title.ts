import type { SessionView } from 'trpc-durin';

/** The client of API keys, which the sessions list too. */
export const keyClient = 'api';

/** What to call a session: its name, or else its device, such as "Firefox on Windows". */
export function titleOf({ client, name, device }: Pick<SessionView, 'client' | 'name' | 'device'>): string {
  return name ?? (client === keyClient ? 'API key' : describeDevice(device));
}

/** Describes a device: "Firefox on Windows". */
export function describeDevice(device: SessionView['device']): string {
  const words = [device?.browser, device?.os].filter((word) => word != null);
  return words.length > 0 ? words.join(' on ') : 'Unknown device';
}
