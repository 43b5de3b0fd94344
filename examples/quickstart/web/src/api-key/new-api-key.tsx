import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

const curlCommand = (key: string) => `curl -H "Authorization: Token ${key}" ${location.origin}/trpc/whoami`;

/** A key that was just created, hidden until the user asks to see it. */
export function NewApiKey({ token }: { token: string }) {
  const [isShown, setIsShown] = useState(false);
  const shown = isShown ? token : '•'.repeat(12);
  const copies = { 'the key': token, 'the curl command': curlCommand(token) };
  const copy = useMutation({
    mutationFn: (name: keyof typeof copies) => navigator.clipboard.writeText(copies[name]),
    gcTime: 0,
  });

  return (
    <>
      <p>Copy the key now. It is not shown again.</p>
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
        <button type="button" onClick={() => setIsShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'}
          <span className="hidden"> the key</span>
        </button>
        <button type="button" onClick={() => copy.mutate('the key')}>
          Copy the key
        </button>
        <button type="button" onClick={() => copy.mutate('the curl command')}>
          Copy the curl command
        </button>
      </div>
      <output className={copy.isError ? 'problem' : 'muted'}>
        {copy.isSuccess && `Copied ${copy.variables}.`}
        {copy.isError && 'The browser does not allow copying. Show the key and select it instead.'}
      </output>
    </>
  );
}
