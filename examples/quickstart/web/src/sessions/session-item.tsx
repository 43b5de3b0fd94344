import type { api } from '../app/connection.ts';
import { formatExpiry, formatTimeAgo } from '../controls/format-time.ts';
import { Fact, NamedItem } from '../controls/named-item.tsx';
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
  const title = titleOf(session);

  return (
    <NamedItem
      name={title}
      badge={isCurrent ? 'This device' : undefined}
      detail={name !== null && device !== null ? describeDevice(device) : undefined}
      renderRename={(onClose) => <RenameSession session={session} onClose={onClose} />}
      onRenamed={onRenamed}
      hint={title}
      actions={
        !isCurrent && (
          <button type="button" className="danger" onClick={onEnd}>
            Sign out<span className="hidden"> {title}</span>
          </button>
        )
      }
    >
      <dl className="facts small aligned">
        <Fact term="Client">
          <code>{client}</code>
          {ipAddress !== null && `, from ${ipAddress}`}
        </Fact>
        <Fact term="Last used">{isCurrent ? 'just now' : lastUsedAt ? formatTimeAgo(lastUsedAt) : 'never'}</Fact>
        <Fact term="Expires">{formatExpiry(expiresIn, hasExpired)}</Fact>
      </dl>
    </NamedItem>
  );
}
