import type { AdapterCall } from '../../request/durin-request.ts';

/** A request to the page, with what its server knows about it. */
export interface PageRequest {
  readonly request: Request;
  /** The path that the browser requested. A framework may have shortened the path of `request`. */
  readonly pathname: string;
  /** Where the app mounts the page, without a trailing slash; `null`: unknown. */
  readonly mount: string | null;
  /** The adapter's view of the request, from which durin reads headers and the IP address. */
  readonly origin: AdapterCall;
}
