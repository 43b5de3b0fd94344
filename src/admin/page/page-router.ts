import { type AnyTRPCRouter, initTRPC, type TRPCBuiltRouter, type TRPCDefaultErrorShape } from '@trpc/server';
import type { DurinContext } from '../../request/durin-request.ts';
import type { DurinRouterRecord } from '../../router/durin-router.ts';
import type { DurinAdminRouterRecord } from '../admin-router.ts';

/** An error as the page receives it. */
export interface PageErrorShape extends TRPCDefaultErrorShape {
  data: TRPCDefaultErrorShape['data'] & {
    /** For invalid input: what is wrong with each field. */
    fields?: Record<string, string>;
  };
}

/**
 * The API of the page, at `api/` below it: the app's auth router, whose login may have any input and output, and the admin
 * router. Outputs arrive as plain JSON: a date is a string.
 */
export type AdminPageRouter = TRPCBuiltRouter<
  { ctx: DurinContext; meta: object; errorShape: PageErrorShape; transformer: false },
  { auth: DurinRouterRecord<PageLogin>; admin: DurinAdminRouterRecord }
>;

interface PageLogin {
  loginInput: { readonly [field: string]: unknown };
  takesClient: true;
  loginOutput: { token: string; expiry: unknown };
  clientName: string;
  scope: string;
  returnsUser: false;
}

/** A tRPC root of its own, so that the page does not depend on the app's transformer and error formatter. */
const t = initTRPC.context<DurinContext>().create({
  isDev: false,
  transformer: {
    input: { serialize: (value: unknown) => value, deserialize: (value: unknown) => value },
    output: { serialize: toJson, deserialize: (value: unknown) => value },
  },
  errorFormatter({ shape, error }): PageErrorShape {
    const fields = fieldsOf(error.cause);
    return fields === null ? shape : { ...shape, data: { ...shape.data, fields } };
  },
});

export function createPageRouter(auth: AnyTRPCRouter, admin: AnyTRPCRouter): AnyTRPCRouter {
  return t.router({ auth, admin });
}

/** Ids may be bigints, which JSON cannot represent. */
function toJson(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
  return text === undefined ? undefined : JSON.parse(text);
}

/** Checks the shape instead of the class, because an app may have several copies of zod. Takes each field's first message. */
function fieldsOf(cause: unknown): Record<string, string> | null {
  const issues = (cause as { issues?: unknown } | undefined)?.issues;
  if (!Array.isArray(issues)) return null;
  const entries = (issues as { path?: unknown[]; message?: unknown }[]).map(
    ({ path, message }) => [(path ?? []).join('.'), String(message)] as const,
  );
  return Object.fromEntries(entries.toReversed());
}
