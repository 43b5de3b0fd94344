import { openClient } from './open-client.ts';

/** The servers of a move, by their URLs. */
export interface SlotMove {
  readonly slot: number;
  /** The master that holds the slot. */
  readonly from: string;
  /** The master that it moves to. */
  readonly to: string;
  /** The other masters. They would learn of it from these two as well, but later. */
  readonly others: readonly string[];
  /** Called before each step, with the number of the steps before it. Default: nothing happens then. */
  readonly beforeStep?: (steps: number) => Promise<unknown>;
}

/** As many keys as redis-cli moves at once. */
const keysAtOnce = '10';

/**
 * Moves a slot and its keys to another master while clients use it, in the steps of `redis-cli --cluster reshard`.
 * @returns how many keys it moved
 */
export async function moveSlot({ slot, from, to, others, beforeStep }: SlotMove): Promise<number> {
  const [source, target, ...rest] = await Promise.all([from, to, ...others].map(openClient));
  if (source === undefined || target === undefined) throw new Error('a slot moves between two servers');
  const setSlot = (server: Server, ...words: string[]) =>
    server.sendCommand(['CLUSTER', 'SETSLOT', String(slot), ...words]);
  const { hostname, port } = new URL(to);
  let moved = 0;
  try {
    const targetId = await target.clusterMyId();
    await setSlot(target, 'IMPORTING', await source.clusterMyId());
    await setSlot(source, 'MIGRATING', targetId);
    for (let steps = 0; ; steps += 1) {
      await beforeStep?.(steps);
      const keys = await source.sendCommand(['CLUSTER', 'GETKEYSINSLOT', String(slot), keysAtOnce]);
      if (!Array.isArray(keys) || keys.length === 0) break;
      await source.sendCommand(['MIGRATE', hostname, port, '', '0', '5000', 'KEYS', ...keys.map(String)]);
      moved += keys.length;
    }
    for (const server of [target, source, ...rest]) await setSlot(server, 'NODE', targetId);
    return moved;
  } finally {
    for (const server of [source, target, ...rest]) server.destroy();
  }
}

type Server = Awaited<ReturnType<typeof openClient>>;
