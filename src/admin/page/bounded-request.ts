import { TRPCError } from '@trpc/server';

/** The page sends some hundred bytes a call. */
export const maxBodyBytes = 256 * 1024;

/** The same request; reading its body fails with PAYLOAD_TOO_LARGE where it is larger than what the page ever sends. */
export function boundedRequest(request: Request): Request {
  if (request.body === null) return request;
  let size = 0;
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size > maxBodyBytes) controller.error(new TRPCError({ code: 'PAYLOAD_TOO_LARGE' }));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { url, method, headers, signal } = request;
  const init: RequestInit & { duplex: 'half' } = { method, headers, signal, body: counted, duplex: 'half' };
  return new Request(url, init);
}
