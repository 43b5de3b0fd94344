import type { api } from '../app/connection.ts';
import { formatExpiry, formatTimeAgo } from '../controls/format-time.ts';
import { describePlace } from './describe-device.ts';

type Session = (typeof api.auth.sessions.list)['~types']['output'][number];

interface Props {
  session: Session;
  onEnd: () => void;
}

export function SessionItem({ session, onEnd }: Props) {
  const { client, isCurrent, lastUsedAt, expiresIn, hasExpired } = session;
  return (
    <li className="item">
      <div className="between">
        <p className="title">
          <code>{client}</code> {isCurrent && <span className="badge">this session</span>}
        </p>
        {!isCurrent && (
          <button type="button" className="danger" onClick={onEnd}>
            End<span className="hidden"> the session of {client}</span>
          </button>
        )}
      </div>
      <dl className="facts small aligned">
        <div>
          <dt>Device</dt>
          <dd>{describePlace(session, navigator.userAgent)}</dd>
        </div>
        <div>
          <dt>Last used</dt>
          <dd>{isCurrent ? 'just now' : lastUsedAt ? formatTimeAgo(lastUsedAt) : 'never'}</dd>
        </div>
        <div>
          <dt>Expires</dt>
          <dd>{formatExpiry(expiresIn, hasExpired)}</dd>
        </div>
      </dl>
    </li>
  );
}
