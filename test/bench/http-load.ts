import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * Connections that send GET requests and wait for each answer. They do as little as they can, so that what is measured is
 * the server: `node:http` as a client takes longer than the server for such a request.
 */
export async function openLoad(port: number | undefined, width: number) {
  if (port === undefined) throw new TypeError('there is no such server');
  const sockets = Array.from({ length: width }, () => connect(port, '127.0.0.1').setNoDelay());
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return {
    /** @param requestOf the whole text of a request */
    async run(count: number, requestOf: (index: number) => string): Promise<void> {
      let next = 0;
      await Promise.all(
        sockets.map(async (socket) => {
          while (next < count) await ask(socket, requestOf(next++));
        }),
      );
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The text of a GET request. */
export function getRequest(path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ Host: 'localhost', 'User-Agent': 'bench', ...headers });
  return `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Resolves once the answer is there: all of its chunks. */
function ask(socket: Socket, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = '';
    function read(chunk: Buffer): void {
      answer += chunk.toString('latin1');
      if (!answer.endsWith('\r\n0\r\n\r\n')) return;
      socket.off('data', read);
      if (answer.startsWith('HTTP/1.1 200 ')) resolve();
      else reject(new Error(`the server answered:\n${answer}`));
    }
    socket.on('data', read);
    socket.write(request);
  });
}
