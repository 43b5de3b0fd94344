import { awsLambdaRequestHandler } from '@trpc/server/adapters/aws-lambda';
import type { Serving } from './browser-app.ts';
import type { RequestParts, Send } from './fake-browser.ts';

/** `@types/aws-lambda` is not installed. */
interface LambdaResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly cookies?: string[];
  readonly body: string;
}
type Handler = (event: unknown, context: unknown) => Promise<LambdaResult>;

/** Serves a router with events of API Gateway: version 1 of REST APIs, version 2 of HTTP APIs and function URLs. */
export function serveOnLambda(serving: Serving, version: 1 | 2) {
  const handle = awsLambdaRequestHandler(serving) as unknown as Handler;
  const send: Send = async (url, parts) => {
    const event = version === 1 ? toEventV1(new URL(url), parts) : toEventV2(new URL(url), parts);
    const { statusCode, headers, multiValueHeaders = {}, cookies = [], body } = await handle(event, {});
    const answered = new Headers(headers);
    for (const cookie of [...cookies, ...(multiValueHeaders['set-cookie'] ?? [])])
      answered.append('set-cookie', cookie);
    return { status: statusCode, headers: answered, text: body };
  };
  return { url: 'https://app.example.com', send, close: async () => {} };
}

function toEventV1({ pathname, searchParams }: URL, { method, headers, body = '' }: RequestParts) {
  return {
    httpMethod: method,
    path: pathname,
    resource: pathname,
    pathParameters: null,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: Object.fromEntries(searchParams),
    requestContext: { domainName: 'app.example.com', identity: { sourceIp: '192.0.2.7' } },
    body,
    isBase64Encoded: false,
  };
}

/** This version has the cookies in a list of their own. */
function toEventV2({ pathname, searchParams }: URL, { method, headers: { cookie, ...headers }, body }: RequestParts) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: searchParams.toString(),
    headers,
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    requestContext: { domainName: 'app.example.com', http: { method, sourceIp: '192.0.2.7' } },
    body,
    isBase64Encoded: false,
  };
}
