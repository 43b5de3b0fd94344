import { useState } from 'react';
import type { api } from '../app/connection.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { formatDateTime } from '../controls/format-time.ts';

interface Props {
  apiKey: (typeof api.auth.apiAccess.get)['~types']['output'];
  onDelete: () => void;
}

const curlCommand = (key: string) => `curl -H "Authorization: Token ${key}" ${location.origin}/trpc/whoami`;

/** The key, hidden until the user asks to see it. */
export function ApiKey({ apiKey: { token = '', created, expiresIn }, onDelete }: Props) {
  const [isShown, setIsShown] = useState(false);
  const shown = isShown ? token : '•'.repeat(12);

  return (
    <>
      <dl className="facts small">
        <div>
          <dt>Created</dt>
          <dd>{formatDateTime(created)}</dd>
        </div>
        <div>
          <dt>Expires in</dt>
          <dd>{expiresIn}</dd>
        </div>
      </dl>
      <p className="label" id="key-label">
        Key
      </p>
      <code className="secret" aria-labelledby="key-label">
        {shown}
      </code>
      <p className="label" id="curl-label">
        Call the API with this key
      </p>
      <code className="secret" aria-labelledby="curl-label">
        {curlCommand(shown)}
      </code>
      <div className="actions start">
        <button type="button" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
          Show<span className="hidden"> the key</span>
        </button>
        <CopyButton text={token} name="the key" />
        <CopyButton text={curlCommand(token)} name="the curl command" />
        <button type="button" className="danger" onClick={onDelete}>
          Delete<span className="hidden"> the key</span>
        </button>
      </div>
    </>
  );
}
