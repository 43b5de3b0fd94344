import { awsLambdaRequestHandler } from '@trpc/server/adapters/aws-lambda';
import { describeAdapters } from '../../contracts/adapter.ts';
import type { AppRouter, Served, TestDurin } from './adapter-app.ts';

/** What a Lambda function returns for events of either version. */
interface LambdaResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}
type Handler = (event: unknown, context: unknown) => Promise<LambdaResult>;

const sourceIp = '192.0.2.7';

/** The event of API Gateway REST APIs, with header names as the caller wrote them. */
async function toEventV1(request: Request) {
  const { pathname, searchParams } = new URL(request.url);
  const headers = Object.fromEntries(
    [...request.headers].map(([name, value]) => [name.replace(/^./, (letter) => letter.toUpperCase()), value]),
  );
  return {
    httpMethod: request.method,
    path: pathname,
    resource: pathname,
    pathParameters: null,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: Object.fromEntries(searchParams),
    requestContext: { domainName: 'localhost', identity: { sourceIp } },
    body: request.body === null ? null : await request.text(),
    isBase64Encoded: false,
  };
}

/** The event of API Gateway HTTP APIs and function URLs. */
async function toEventV2(request: Request) {
  const { pathname, searchParams } = new URL(request.url);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: searchParams.toString(),
    headers: Object.fromEntries(request.headers),
    requestContext: { domainName: 'localhost', http: { method: request.method, sourceIp } },
    body: request.body === null ? undefined : await request.text(),
    isBase64Encoded: false,
  };
}

function serveWith(toEvent: (request: Request) => Promise<object>) {
  return async function serve(router: AppRouter, { createContext, responseMeta }: TestDurin): Promise<Served> {
    const handler = awsLambdaRequestHandler({ router, createContext, responseMeta }) as unknown as Handler;
    return {
      url: 'https://localhost',
      async fetch(input, init) {
        const { statusCode, headers, body } = await handler(await toEvent(new Request(input, init)), {});
        return new Response(body, { status: statusCode, headers });
      },
      close: async () => {},
    };
  };
}

describeAdapters([
  { name: 'AWS Lambda, events of version 1', peerAddress: sourceIp, serve: serveWith(toEventV1) },
  { name: 'AWS Lambda, events of version 2', peerAddress: sourceIp, serve: serveWith(toEventV2) },
]);
