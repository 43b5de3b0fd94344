import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Identifies a process beyond its pid, which is reused. Properties that the platform does not provide are `null`. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Linux: the start of the machine. */
  readonly boot: string | null;
  /** Linux: the namespace of the pid. A container has its own. */
  readonly pidNamespace: string | null;
  /** Linux: when the process started, in ticks since the start of the machine. */
  readonly startTicks: string | null;
}

/** `unknown`: it runs elsewhere, or another program may have the pid now. */
export type Liveness = 'this process' | 'alive' | 'dead' | 'unknown';

/** What is known of the process that has a pid now. */
export type ProcessState = { readonly isRunning: boolean; readonly startTicks: string | null };

export function identifyThisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    boot: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
    startTicks: stateOf(process.pid).startTicks,
  };
}

/** The namespace of pids outside of every container has this number on each Linux. */
const initialPidNamespace = 'pid:[4026531836]';

/**
 * Whether a process still runs. If that is uncertain, it counts as running: using its folder would destroy its database.
 * @param look what is known of the process that has this pid now
 */
export function livenessOf(owner: ProcessIdentity, self: ProcessIdentity, look = stateOf): Liveness {
  if (owner.host !== self.host) return 'unknown';
  if (areKnownToDiffer(owner.boot, self.boot)) return 'dead';
  if (areKnownToDiffer(owner.pidNamespace, self.pidNamespace)) {
    // Two containers with one host name are one container before and after its restart.
    const isOutside = [owner.pidNamespace, self.pidNamespace].includes(initialPidNamespace);
    return isOutside ? 'unknown' : 'dead';
  }
  const { isRunning, startTicks } = look(owner.pid);
  if (!isRunning || areKnownToDiffer(owner.startTicks, startTicks)) return 'dead';
  if (owner.pid === self.pid) return 'this process';
  return startTicks === null ? 'unknown' : 'alive';
}

function areKnownToDiffer(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}

function stateOf(pid: number): ProcessState {
  try {
    process.kill(pid, 0);
  } catch (error) {
    const isOfAnotherUser = error instanceof Error && 'code' in error && error.code === 'EPERM';
    if (!isOfAnotherUser) return { isRunning: false, startTicks: null };
  }
  // The fields after the name, which is in parentheses and may contain any characters.
  const fields = orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' '));
  const [state] = fields ?? [];
  const hasEnded = state === 'Z' || state === 'X'; // killed, and its parent has not read its exit code yet
  return { isRunning: !hasEnded, startTicks: fields?.[19] ?? null };
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
