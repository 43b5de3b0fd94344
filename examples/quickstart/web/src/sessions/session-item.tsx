import type { api } from '../app/connection.ts';
import { formatTimeAgo } from '../controls/format-time.ts';
import { describeDevice } from './describe-device.ts';

type Session = (typeof api.auth.sessions.list)['~types']['output'][number];

interface Props {
  session: Session;
  onEnd: () => void;
}

export function SessionItem({ session, onEnd }: Props) {
  const { client, isCurrent, userAgent, ipAddress, lastUsedAt, expiresIn } = session;
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
      <dl className="facts small">
        <div>
          <dt>Device</dt>
          <dd>
            {describeDevice(userAgent)}
            {ipAddress && `, ${ipAddress}`}
          </dd>
        </div>
        <div>
          <dt>Last used</dt>
          <dd>{isCurrent ? 'just now' : lastUsedAt ? formatTimeAgo(lastUsedAt) : 'never'}</dd>
        </div>
        <div>
          <dt>Expires in</dt>
          <dd>{expiresIn}</dd>
        </div>
      </dl>
    </li>
  );
}
