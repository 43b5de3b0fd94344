import { isDurinError } from 'trpc-durin';
import { openApp } from '@/server/app.ts';

const options = { rate: '10/m', scope: 'report' } as const;

/** A route that is not tRPC, guarded as a procedure is. */
export async function GET(request: Request): Promise<Response> {
  const { durin } = await openApp();
  try {
    const { user } = await durin.guard(request, options);
    return new Response(`A report for ${user.username}`, { headers: { 'Cache-Control': 'private' } });
  } catch (error) {
    if (isDurinError(error)) return error.toResponse();
    throw error;
  }
}
