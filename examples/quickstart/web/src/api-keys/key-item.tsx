import { formatExpiry, formatTimeAgo } from '../controls/format-time.ts';
import { Fact, NamedItem } from '../controls/named-item.tsx';
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
  const name = nameOf(apiKey);
  const isCurrent = !hasExpired && replacement === null;
  const hint = isCurrent ? name : `${name}, ${preview}`;

  return (
    <NamedItem
      name={name}
      badge={replacement === null ? undefined : 'Being replaced'}
      detail={apiKey.name === null ? undefined : <code>{preview}</code>}
      renderRename={isCurrent ? (onClose) => <RenameKey apiKey={apiKey} onClose={onClose} /> : undefined}
      onRenamed={onRenamed}
      hint={hint}
      actions={
        <>
          {isCurrent && (
            <button type="button" onClick={onRoll}>
              Roll<span className="hidden"> {hint}</span>
            </button>
          )}
          <button type="button" className="danger" onClick={onRevoke}>
            Revoke<span className="hidden"> {hint}</span>
          </button>
        </>
      }
    >
      <dl className="facts small aligned">
        <Fact term="May use">{scopes.length === 0 ? 'nothing' : <Scopes scopes={scopes} />}</Fact>
        <Fact term="Last used">{lastUsedAt ? formatTimeAgo(lastUsedAt) : 'never'}</Fact>
        <Fact term="Expires">{formatExpiry(expiresIn, hasExpired)}</Fact>
      </dl>
      {replacement === 'waiting' && <p className="muted">It works until the key that replaces it is first used.</p>}
      {replacement === 'begun' && <p className="muted">The key that replaces it is in use.</p>}
    </NamedItem>
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
