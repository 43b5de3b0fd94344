import { noDatabaseChanges } from '../../../src/cache/bus/messages.ts';
import type { Bus } from '../../../src/cache/bus.ts';
import type { SharedStore } from '../../../src/cache/shared-store.ts';
import { createEntryMac } from '../../../src/cache/trust/entry-mac.ts';
import type { LoadedSession, SessionFormat } from '../../../src/database/token-store.ts';
import type { OutageListener } from '../../../src/health/outage-report.ts';
import { createTelemetry } from '../../../src/health/telemetry.ts';
import type { SessionRecord } from '../../../src/session.ts';

/** A database of sessions that counts its queries. */
export class FakeDatabase {
  readonly rows = new Map<string, { version: number; userId: number; clientId: number }>();
  asked = 0;

  add(selector: string, owner = { userId: 1, clientId: 1 }): void {
    this.rows.set(selector, { version: 1, ...owner });
  }

  readonly load = async (selector: string): Promise<LoadedSession | null> => {
    this.asked += 1;
    const row = this.rows.get(selector);
    return row === undefined ? null : { record: toRecord(selector, row), row: { selector, ...row } };
  };
}

/** The version of a row, which is kept in its creation date. */
export function versionOf(record: SessionRecord | undefined): number | null {
  return record === undefined ? null : record.createdAt.getTime();
}

function toRecord(selector: string, row: { version: number; userId: number; clientId: number }): SessionRecord {
  return {
    id: `id of ${selector}`,
    selector,
    userId: row.userId,
    userRow: {},
    user: {},
    client: { id: row.clientId, name: 'web', tokenTtl: null, throttleRate: null },
    scopes: null,
    replaces: null,
    createdAt: new Date(row.version),
    authenticatedAt: null,
    expiresAt: null,
    expiresByIdling: false,
    isExtendedByUse: false,
    latestExpiry: null,
    lastUsedAt: null,
  };
}

export const fakeFormat: SessionFormat = {
  layout: 'test',
  encode: (row) => JSON.stringify(row),
  decode(text) {
    const row = JSON.parse(text) as { selector: string; version: number; userId: number; clientId: number };
    return toRecord(row.selector, row);
  },
};

const silent: OutageListener = { unavailable() {}, recovered() {} };

/** What a shared cache needs besides its store and its clock. */
export const sharedParts = {
  format: fakeFormat,
  mac: createEntryMac(['a secret of the tests, with 32 characters']),
  namespace: 'test',
  onOutage: silent,
};

/** The same for a cache with any settings. */
export const cacheParts = {
  format: fakeFormat,
  namespace: 'test',
  secrets: ['a secret of the tests, with 32 characters'],
  listen: () => Promise.reject(new Error('there is no database')),
  databaseChanges: noDatabaseChanges,
  watchPart: () => silent,
  telemetry: createTelemetry(),
  changes: { changed() {}, missed() {} },
};

/** A shared store in memory, whose values expire by the clock, and which a test can take down. */
export class FakeStore implements SharedStore {
  readonly values = new Map<string, { value: string; until: number }>();
  readonly calls: string[] = [];
  isDown = false;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    this.#called('getMany');
    return keys.map((key) => {
      const known = this.values.get(key);
      return known !== undefined && this.#now() < known.until ? known.value : undefined;
    });
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#called('set');
    this.values.set(key, { value, until: this.#now() + ttlMs });
  }

  async delete(key: string): Promise<void> {
    this.#called('delete');
    this.values.delete(key);
  }

  #called(call: string): void {
    this.calls.push(call);
    if (this.isDown) throw new Error('the store is down');
  }
}

/** A bus within the test: every member that is connected receives a message at once. */
export class FakeBusNetwork {
  readonly #members = new Set<{ receive: (message: string) => void; possibleLoss: () => void; isConnected: boolean }>();

  join(): Bus & { cut(): void; mend(): void } {
    const member = { receive: (_message: string) => {}, possibleLoss: () => {}, isConnected: false };
    const connect = (isConnected: boolean) => {
      member.isConnected = isConnected;
      member.possibleLoss();
    };
    return {
      start: (onMessage, onPossibleLoss) => {
        Object.assign(member, { receive: onMessage, possibleLoss: onPossibleLoss });
        this.#members.add(member);
        connect(true);
      },
      isConnected: () => member.isConnected,
      publish: async (message) => {
        if (!member.isConnected) throw new Error('the bus is not connected');
        for (const other of this.#members) if (other.isConnected) other.receive(message);
      },
      close: async () => void this.#members.delete(member),
      cut: () => connect(false),
      mend: () => connect(true),
    };
  }
}
