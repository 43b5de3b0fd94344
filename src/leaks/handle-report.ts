import type { KeyObject } from 'node:crypto';
import { withTimeout } from '../async/with-timeout.ts';
import { DurinUsageError } from '../errors.ts';
import type { EndLeaked } from './end-leaked.ts';
import { parseReport } from './leak-report.ts';
import type { ReportBody } from './report-body.ts';
import { isSigned, type ReportSignature, readSignature } from './report-signature.ts';

/** A request that may be a report. */
export interface ReportRequest {
  readonly method: string;
  /** @param name in lower case */
  readonly header: (name: string) => string | null;
  readonly readBody: () => Promise<ReportBody>;
}

type MaybeKey = string | KeyObject | null | undefined;

/** Finds a public key, as PEM or KeyObject. `null`, or nothing: there is none with this identifier. */
export type FindPublicKey = (keyId: string) => MaybeKey | PromiseLike<MaybeKey>;

export interface HandleReportDeps {
  readonly publicKey: FindPublicKey;
  /** Milliseconds that `publicKey` may take. */
  readonly publicKeyTimeoutMs: number;
  readonly endLeaked: EndLeaked;
  readonly onError: (error: unknown) => void;
}

const consumedSentence =
  'The raw body is gone: another handler has read it. Route durin.leaks before body parsers, or use express.raw.';

/** Answers a request: verifies its signature, then parses it, then ends the tokens that it reports. */
export async function handleReport(deps: HandleReportDeps, request: ReportRequest): Promise<Response> {
  if (request.method !== 'POST') return refusal(405, 'Method not allowed.', { Allow: 'POST' });
  const signature = readSignature(request.header);
  if (signature === null) return forged();
  const body = await request.readBody();
  switch (body.kind) {
    case 'too-large':
      return refusal(413, 'The report is too large.', { Connection: 'close' });
    case 'unreadable':
      return refusal(400, 'The body cannot be read.');
    case 'consumed':
      deps.onError(new DurinUsageError(consumedSentence));
      return refusal(500, consumedSentence);
    case 'bytes':
      return judge(deps, signature, body.bytes);
  }
}

/** Any failure is answered with 503, so that GitHub sends the report again. */
async function judge(deps: HandleReportDeps, signature: ReportSignature, body: Uint8Array): Promise<Response> {
  try {
    const key = await withTimeout(() => deps.publicKey(signature.keyId), {
      timeoutMs: deps.publicKeyTimeoutMs,
      service: 'publicKey',
    });
    if (key == null || !isSigned(body, signature, key)) return forged();
    return await answer(deps.endLeaked, body);
  } catch (error) {
    deps.onError(error);
    return refusal(503, 'The report cannot be processed now.');
  }
}

async function answer(endLeaked: EndLeaked, body: Uint8Array): Promise<Response> {
  const report = parseReport(body);
  switch (report.kind) {
    case 'malformed':
      return refusal(400, 'The report is not a list of { token, type, url, source }.');
    case 'too-long':
      return refusal(413, 'The report has too many entries.');
    case 'findings':
      return Response.json(await endLeaked(report.findings), { headers: { 'Cache-Control': 'no-store' } });
  }
}

function forged(): Response {
  return refusal(403, 'The signature is missing or wrong.');
}

function refusal(status: number, sentence: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${sentence}\n`, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers },
  });
}
