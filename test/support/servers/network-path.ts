import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on which a test does what networks do. */
export interface NetworkPath {
  /** In place of the server's. */
  readonly url: string;
  /** Milliseconds that every byte takes, each way. */
  delayMs: number;
  /** What is connected stays so, but nothing passes there any more. New connections work. */
  loseConnections(): void;
  /** Ends all connections, and those that come. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openNetworkPath(serverUrl: string): Promise<NetworkPath> {
  const sockets = new Set<Socket>();
  let lost = new Set<Socket>();

  function passOn(from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      const send = () => void (to.writable && !lost.has(from) && to.write(chunk));
      if (path.delayMs === 0) send();
      else setTimeout(send, path.delayMs);
    });
    from
      .on('error', () => {})
      .on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    sockets.add(from);
  }

  let isCut = false;
  const door = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(new URL(serverUrl).port), '127.0.0.1');
    passOn(near, far);
    passOn(far, near);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const url = new URL(serverUrl);
  url.port = String((door.address() as { port: number }).port);

  const path: NetworkPath = {
    url: url.href,
    delayMs: 0,
    loseConnections() {
      lost = new Set([...lost, ...sockets]);
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => door.close(resolve));
    },
  };
  return path;
}
