import type { IncomingMessage } from 'node:http';

/** The body of a report, byte by byte as it was signed. */
export type ReportBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** It has more than `maxBodyBytes`. */
  | { readonly kind: 'too-large' }
  /** The connection broke. */
  | { readonly kind: 'unreadable' }
  /** Another handler has read it and kept no bytes. */
  | { readonly kind: 'consumed' };

export const maxBodyBytes = 2 * 1024 * 1024;

/** What frameworks add to a request. */
export interface ParsedRequest extends IncomingMessage {
  /** Express's: a Buffer with `express.raw`, a string with `express.text`. */
  readonly body?: unknown;
  /** Google Cloud's and Firebase's: the bytes, beside the parsed body. */
  readonly rawBody?: unknown;
}

export async function readFetchBody({ body, bodyUsed }: Request): Promise<ReportBody> {
  if (bodyUsed || body?.locked) return { kind: 'consumed' };
  return body === null ? withinLimit(new Uint8Array()) : readWithinLimit(body);
}

export async function readNodeBody(req: ParsedRequest): Promise<ReportBody> {
  const parsed = [req.rawBody, req.body].map(toBytes).find((bytes) => bytes !== null);
  if (parsed !== undefined) return withinLimit(parsed);
  if (req.readableDidRead) return { kind: 'consumed' };
  return readWithinLimit(req.iterator({ destroyOnReturn: false })); // the socket is still needed for the answer
}

function toBytes(value: unknown): Uint8Array | null {
  if (typeof value === 'string') return Buffer.from(value);
  return value instanceof Uint8Array ? value : null;
}

function withinLimit(bytes: Uint8Array): ReportBody {
  return bytes.byteLength > maxBodyBytes ? { kind: 'too-large' } : { kind: 'bytes', bytes };
}

async function readWithinLimit(stream: AsyncIterable<Uint8Array>): Promise<ReportBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.byteLength;
      if (size > maxBodyBytes) return { kind: 'too-large' };
      chunks.push(chunk);
    }
  } catch {
    return { kind: 'unreadable' };
  }
  return { kind: 'bytes', bytes: Buffer.concat(chunks) };
}
