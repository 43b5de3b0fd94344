import { useState } from 'react';
import type { api } from '../app/connection.ts';
import { formatExpiry, formatTimeAgo } from '../controls/format-time.ts';
import { useFocusOnMount } from '../controls/use-focus-on-mount.ts';
import { RenameSession } from './rename-session.tsx';
import { describeDevice, titleOf } from './session-title.ts';

/** A session as the server lists it. */
export type Session = (typeof api.auth.sessions.list)['~types']['output'][number];

interface Props {
  session: Session;
  onRenamed: (name: string) => void;
  onEnd: () => void;
}

/** A session as a device, with buttons to rename it and to sign it out. */
export function SessionItem({ session, onRenamed, onEnd }: Props) {
  const { client, name, device, isCurrent, ipAddress, lastUsedAt, expiresIn, hasExpired } = session;
  const [renaming, setRenaming] = useState<'no' | 'yes' | 'cancelled'>('no');
  const renameButton = useFocusOnMount<HTMLButtonElement>(renaming === 'cancelled');
  const title = titleOf(session);

  return (
    <li className="item">
      {renaming === 'yes' ? (
        <RenameSession
          session={session}
          onClose={(newName) => {
            setRenaming(newName === null ? 'cancelled' : 'no');
            if (newName !== null) onRenamed(newName);
          }}
        />
      ) : (
        <div className="between wraps">
          <div>
            <p className="title">
              <bdi>{title}</bdi> {isCurrent && <span className="badge">This device</span>}
            </p>
            {name !== null && device !== null && <p className="muted">{describeDevice(device)}</p>}
          </div>
          <div className="actions">
            <button type="button" ref={renameButton} onClick={() => setRenaming('yes')}>
              Rename<span className="hidden"> {title}</span>
            </button>
            {!isCurrent && (
              <button type="button" className="danger" onClick={onEnd}>
                Sign out<span className="hidden"> {title}</span>
              </button>
            )}
          </div>
        </div>
      )}
      <dl className="facts small aligned">
        <div>
          <dt>Client</dt>
          <dd>
            <code>{client}</code>
            {ipAddress !== null && `, from ${ipAddress}`}
          </dd>
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
