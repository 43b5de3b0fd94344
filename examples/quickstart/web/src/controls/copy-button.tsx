import { useMutation } from '@tanstack/react-query';

interface Props {
  text: string;
  /** What is copied, for the label: "the key". */
  name: string;
}

export function CopyButton({ text, name }: Props) {
  const copy = useMutation({ mutationFn: () => navigator.clipboard.writeText(text), gcTime: 0 });
  return (
    <>
      <button type="button" onClick={() => copy.mutate()}>
        Copy {name}
      </button>
      <output className={copy.isError ? 'problem' : 'muted'}>
        {copy.isSuccess && 'Copied.'}
        {copy.isError && 'The browser does not allow copying. Show the key and select it instead.'}
      </output>
    </>
  );
}
