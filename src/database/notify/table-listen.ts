import { withTimeout } from '../../async/with-timeout.ts';
import type { Listen } from './listening.ts';
import type { NotifyingTables } from './notifying-tables.ts';

export interface TableListenDeps {
  readonly listen: Listen;
  /** Runs work that does not belong to the app's transaction. */
  readonly outsideTransaction: <T>(work: () => T) => T;
  readonly tables: Pick<NotifyingTables, 'inspect'>;
  /** Milliseconds that an inspection of the tables may take. */
  readonly timeoutMs: number;
  readonly onWarning: (message: string) => void;
  /** Called when tables no longer announce their changes: some may have been missed. */
  readonly onSilence: () => void;
}

/** How often the triggers are looked at again, in milliseconds. A migration, or anyone, may drop or disable them. */
const inspectMs = 30_000;

/** Listens, and inspects the tables before, so that it is known what is heard about, and then every half minute. */
export function createTableListen(deps: TableListenDeps): Listen {
  const { listen, outsideTransaction, tables, timeoutMs, onWarning, onSilence } = deps;

  async function inspect(): Promise<void> {
    const silent = await withTimeout(() => outsideTransaction(tables.inspect), { timeoutMs, service: 'the database' });
    if (silent.length === 0) return;
    onSilence();
    onWarning(
      `trpc-durin: the triggers of ${silent.join(', ')} are gone or disabled, so changes by SQL and by other programs ` +
        'are not seen until they are back. trpc-durin announces its own changes meanwhile',
    );
  }

  return async function listenToTables(options) {
    await inspect();
    const inspections = setInterval(() => void inspect().catch(() => {}), inspectMs).unref(); // the next one may succeed
    const stop = () => clearInterval(inspections);

    try {
      const listening = await outsideTransaction(() =>
        listen({
          ...options,
          onEnd() {
            stop();
            options.onEnd();
          },
        }),
      );
      return {
        ...listening,
        async close() {
          stop();
          await listening.close();
        },
      };
    } catch (error) {
      stop();
      throw error;
    }
  };
}
