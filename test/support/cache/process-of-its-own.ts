import diagnostics from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Creates a durin as if it were the only one in its process. Durins of one process announce their changes to each other;
 * a test that stands for several processes must not let them.
 */
export function inProcessOfItsOwn<T>(create: () => T): T {
  const { channel } = diagnostics;
  const id = crypto.randomUUID();
  diagnostics.channel = (name) => channel(`${String(name)} of ${id}`);
  syncBuiltinESMExports();
  try {
    return create();
  } finally {
    diagnostics.channel = channel;
    syncBuiltinESMExports();
  }
}
