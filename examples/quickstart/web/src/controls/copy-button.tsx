import { useMutation } from '@tanstack/react-query';

interface Props {
  text: string;
  /** Names it: "the key". */
  what: string;
}

export function CopyButton({ text, what }: Props) {
  const copy = useMutation({ mutationFn: () => navigator.clipboard.writeText(text), gcTime: 0 });
  return (
    <>
      <button type="button" onClick={() => copy.mutate()}>
        Copy {what}
      </button>
      <output className={copy.isError ? 'problem' : 'muted'}>
        {copy.isSuccess && 'Copied.'}
        {copy.isError && 'The browser does not allow that: show the key, and select it.'}
      </output>
    </>
  );
}
