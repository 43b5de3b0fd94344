import { type DurinContext, DurinRequest, type RequestSettings } from '../../request/durin-request.ts';
import type { HeaderSource } from '../../request/headers.ts';
import type { RequestState } from '../request-state.ts';

/** A fetch or Node request, headers, a token, or `ctx.durin`. */
export type AuthSource = string | DurinRequest | HeaderSource | { readonly headers: HeaderSource };

/** A request to a route of the app, and what one durin knows about it. */
export interface OpenedSource {
  readonly request: DurinRequest;
  readonly state: RequestState;
  /** Whether it may change something. Then a session cookie counts only if the site of the request is known. */
  readonly isChange: boolean;
}

export type OpenSource = (source: AuthSource) => OpenedSource;

export interface OpenSourceDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly requestSettings: RequestSettings;
}

/** Creates the function that reads what an app passes to `durin.authenticate` and `durin.guard`. */
export function createOpenSource({ stateOf, requestSettings }: OpenSourceDeps): OpenSource {
  return function openSource(source) {
    const isContext = source instanceof DurinRequest;
    const request = isContext ? source : toRequest(source, requestSettings);
    const state = stateOf({ durin: request });
    if (typeof source === 'string') state.useToken(0, source, false);
    const isRead = DurinRequest.isRead(request) ?? isContext; // bare headers may be those of a change
    return { request, state, isChange: !isRead };
  };
}

/** A source that is not an object, such as a missing header, has no origin. */
function toRequest(source: Exclude<AuthSource, DurinRequest>, settings: RequestSettings): DurinRequest {
  const isRequest =
    typeof source === 'object' && source !== null && 'headers' in source && typeof source.headers === 'object';
  return DurinRequest.fromAdapter({ req: isRequest ? source : { headers: source } }, settings);
}
