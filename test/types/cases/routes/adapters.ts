import { trpcServer } from '@hono/trpc-server';
import { initTRPC } from '@trpc/server';
import { type AWSLambdaOptions, awsLambdaRequestHandler } from '@trpc/server/adapters/aws-lambda';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { createNextApiHandler } from '@trpc/server/adapters/next';
import { createHTTPHandler, createHTTPServer } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import type { WebSocketServer } from 'ws';
import type { DurinContext } from '../../../../src/index.ts';
import { durin } from '../app.ts';

// Every adapter takes durin.createContext and durin.responseMeta as they are, also for an app with more in its context.

const { createContext, responseMeta } = durin;
const t = initTRPC.context<DurinContext>().create();
const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
const options = { router, createContext, responseMeta };
declare const wss: WebSocketServer;
declare const req: Request;

createHTTPServer(options);
createHTTPHandler(options);
express().use('/trpc', createExpressMiddleware(options));
await fastify().register(fastifyTRPCPlugin, {
  trpcOptions: options satisfies FastifyTRPCPluginOptions<typeof router>['trpcOptions'],
});
await fetchRequestHandler({ endpoint: '/trpc', req, ...options });
createNextApiHandler(options);
applyWSSHandler({ wss, router, createContext });
new Hono().use('/trpc/*', trpcServer({ router, createContext, responseMeta }));
awsLambdaRequestHandler(options satisfies AWSLambdaOptions<typeof router, APIGatewayProxyEvent>);
awsLambdaRequestHandler(options satisfies AWSLambdaOptions<typeof router, APIGatewayProxyEventV2>);

type Context = DurinContext & { db: string };
const withMore = initTRPC.context<Context>().create().router({ auth: durin.durinRouter });
const createMore = (call: Parameters<typeof createContext>[0]) => ({ ...createContext(call), db: 'db' });
createHTTPServer({ router: withMore, createContext: createMore });
new Hono().use('/trpc/*', trpcServer({ router: withMore, createContext: createMore }));
