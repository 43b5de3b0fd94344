import type { api } from '../app/connection.ts';
import { DateTime } from '../controls/date-time.tsx';
import { formatExpiry } from '../controls/format-time.ts';
import { NewApiKey } from './new-api-key.tsx';

interface Props {
  apiKey: (typeof api.auth.apiAccess.get)['~types']['output'];
  /** The key itself, if this page has just created it. The server does not show it again. */
  token: string | undefined;
  onDelete: () => void;
}

/** A key's dates, a button to delete it, and the key itself after its creation. */
export function ApiKey({ apiKey: { created, expiresIn, hasExpired }, token, onDelete }: Props) {
  return (
    <>
      <div className="between">
        <dl className="facts small">
          <div>
            <dt>Created</dt>
            <dd>
              <DateTime iso={created} />
            </dd>
          </div>
          <div>
            <dt>Expires</dt>
            <dd>{formatExpiry(expiresIn, hasExpired)}</dd>
          </div>
        </dl>
        <button type="button" className="danger" onClick={onDelete}>
          Delete<span className="hidden"> the key</span>
        </button>
      </div>
      {token === undefined ? (
        <p className="muted">
          The key was shown when it was created. If you have lost it, delete it and create a new one.
        </p>
      ) : (
        <NewApiKey token={token} />
      )}
    </>
  );
}
