import { withTimeout } from '../../async/with-timeout.ts';
import type { Internals } from '../../durin/internals.ts';
import { createAdminCaller } from '../admin-caller.ts';
import type { OpenedAdmin } from '../command.ts';
import { loadConfig } from './load-config.ts';

/** How long to wait for event listeners, such as one that writes an audit log. */
const listenersTimeoutMs = 10_000;

/** How long to wait for the connections of the ORM, which a frozen database never ends. */
const databaseTimeoutMs = 5000;

/**
 * Opens the app of a config file.
 * @param file `null`: the first default name that exists in the working directory
 * @throws CliError with what is wrong with the file
 */
export async function openApp(file: string | null): Promise<OpenedAdmin> {
  const config = await loadConfig(file);
  const { internals } = config;
  return {
    admin: createAdminCaller(config),
    local: internals,
    now: internals.now,
    close: () => close(internals),
  };
}

/** Waits for event listeners, then closes durin and the app's ORM. */
async function close({ eventsSettled, close: closeDurin, closeDatabase }: Internals): Promise<void> {
  try {
    await withTimeout(eventsSettled, { timeoutMs: listenersTimeoutMs, service: 'An event listener' });
  } finally {
    try {
      await closeDurin();
    } finally {
      await withTimeout(closeDatabase, { timeoutMs: databaseTimeoutMs, service: 'The database' });
    }
  }
}
