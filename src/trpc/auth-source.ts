import { type DurinContext, DurinRequest, type RequestSettings } from '../request/durin-request.ts';
import type { HeaderSource } from '../request/headers.ts';
import type { RequestState } from './request-state.ts';

/** A fetch or Node request, headers, a token, or `ctx.durin`. */
export type AuthSource = string | DurinRequest | HeaderSource | { readonly headers: HeaderSource };

/** A request to a route of the app, and what one durin knows about it. */
export interface OpenedSource {
  readonly request: DurinRequest;
  readonly state: RequestState;
}

export type OpenSource = (source: AuthSource) => OpenedSource;

export interface OpenSourceDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly requestSettings: RequestSettings;
}

/** Creates the function that reads what an app passes to `durin.authenticate` and `durin.guard`. */
export function createOpenSource({ stateOf, requestSettings }: OpenSourceDeps): OpenSource {
  return function openSource(source) {
    const request = source instanceof DurinRequest ? source : toRequest(source, requestSettings);
    const state = stateOf({ durin: request });
    if (typeof source === 'string') state.useToken(0, source);
    return { request, state };
  };
}

/** A source that is not an object, such as a missing header, has no origin. */
function toRequest(source: Exclude<AuthSource, DurinRequest>, settings: RequestSettings): DurinRequest {
  const isRequest =
    typeof source === 'object' && source !== null && 'headers' in source && typeof source.headers === 'object';
  return DurinRequest.fromAdapter({ req: isRequest ? source : { headers: source } }, settings);
}
