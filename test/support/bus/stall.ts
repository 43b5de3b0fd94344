import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Sends bytes to a port of this machine, from a thread of its own. */
const sender = `
  const { parentPort, workerData } = require('node:worker_threads');
  const socket = require('node:net').connect(workerData.port, '127.0.0.1', () => {
    parentPort.postMessage('connected');
    setTimeout(() => socket.write(workerData.bytes), workerData.afterMs);
  });
  socket.on('data', () => socket.destroy());
`;

/** Publishes a message through Redis while this thread may be stopped. Resolves once that is certain to happen. */
export async function publishFromAside(url: string, channel: string, message: string, afterMs: number): Promise<void> {
  const bytes = ['PUBLISH', channel, message].map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  const workerData = { port: Number(new URL(url).port), bytes: `*3\r\n${bytes.join('')}`, afterMs };
  const worker = new Worker(sender, { eval: true, workerData });
  await once(worker, 'message');
}

/** Stops this thread, as SIGSTOP stops a process: nothing is read, and no timer runs. */
export function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
