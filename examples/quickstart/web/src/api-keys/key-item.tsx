import { useState } from 'react';
import { formatExpiry, formatTimeAgo } from '../controls/format-time.ts';
import { useFocusOnMount } from '../controls/use-focus-on-mount.ts';
import { nameOf, type OwnKey } from './own-key.ts';
import { RenameKey } from './rename-key.tsx';

interface Props {
  apiKey: OwnKey;
  /** See `replacementOf`. */
  replacement: 'waiting' | 'begun' | null;
  onRenamed: (name: string) => void;
  onRoll: () => void;
  onRevoke: () => void;
}

/** A key with what it may do, and buttons to rename, roll and revoke it. */
export function KeyItem({ apiKey, replacement, onRenamed, onRoll, onRevoke }: Props) {
  const { preview, scopes, lastUsedAt, expiresIn, hasExpired } = apiKey;
  const [renaming, setRenaming] = useState<'no' | 'yes' | 'cancelled'>('no');
  const renameButton = useFocusOnMount<HTMLButtonElement>(renaming === 'cancelled');
  const name = nameOf(apiKey);
  const isCurrent = !hasExpired && replacement === null;
  const hint = <span className="hidden"> {isCurrent ? name : `${name}, ${preview}`}</span>;

  return (
    <li className="item">
      {renaming === 'yes' ? (
        <RenameKey
          apiKey={apiKey}
          onClose={(newName) => {
            setRenaming(newName === null ? 'cancelled' : 'no');
            if (newName !== null) onRenamed(newName);
          }}
        />
      ) : (
        <div className="between wraps">
          <div>
            <p className="title">
              <bdi>{name}</bdi> {replacement !== null && <span className="badge">Being replaced</span>}
            </p>
            {apiKey.name !== null && (
              <p className="muted">
                <code>{preview}</code>
              </p>
            )}
          </div>
          <div className="actions">
            {isCurrent && (
              <>
                <button type="button" ref={renameButton} onClick={() => setRenaming('yes')}>
                  Rename{hint}
                </button>
                <button type="button" onClick={onRoll}>
                  Roll{hint}
                </button>
              </>
            )}
            <button type="button" className="danger" onClick={onRevoke}>
              Revoke{hint}
            </button>
          </div>
        </div>
      )}
      <dl className="facts small aligned">
        <div>
          <dt>May use</dt>
          <dd>{scopes.length === 0 ? 'nothing' : <Scopes scopes={scopes} />}</dd>
        </div>
        <div>
          <dt>Last used</dt>
          <dd>{lastUsedAt ? formatTimeAgo(lastUsedAt) : 'never'}</dd>
        </div>
        <div>
          <dt>Expires</dt>
          <dd>{formatExpiry(expiresIn, hasExpired)}</dd>
        </div>
      </dl>
      {replacement === 'waiting' && <p className="muted">It works until the key that replaces it is first used.</p>}
      {replacement === 'begun' && <p className="muted">The key that replaces it is in use.</p>}
    </li>
  );
}

function Scopes({ scopes }: { scopes: readonly string[] }) {
  return (
    <ul className="chips">
      {scopes.map((scope) => (
        <li key={scope}>
          <code>{scope}</code>
        </li>
      ))}
    </ul>
  );
}
