import { TRPCError } from '@trpc/server';

/** The page's own calls have a few hundred bytes. */
export const maxBodyBytes = 256 * 1024;

/** Returns the same request. Reading its body fails with PAYLOAD_TOO_LARGE beyond `maxBodyBytes`. */
export function limitBody(request: Request): Request {
  if (request.body === null) return request;
  let size = 0;
  const limited = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size > maxBodyBytes) controller.error(new TRPCError({ code: 'PAYLOAD_TOO_LARGE' }));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { url, method, headers, signal } = request;
  const init: RequestInit & { duplex: 'half' } = { method, headers, signal, body: limited, duplex: 'half' };
  return new Request(url, init);
}
