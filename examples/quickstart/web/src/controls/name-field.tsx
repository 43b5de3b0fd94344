import { useFocusOnMount } from './use-focus-on-mount.ts';

/** The longest name that the server takes, in characters. */
const maxLength = 64;

interface Props {
  /** What the name is of. */
  label: string;
  value: string;
  onChange: (name: string) => void;
  /** Called on Escape. */
  onCancel: () => void;
  placeholder?: string | undefined;
}

/** Takes the name of a device or a key. It has the focus when it appears. */
export function NameField({ label, value, onChange, onCancel, placeholder }: Props) {
  const input = useFocusOnMount<HTMLInputElement>();
  return (
    <label className="field">
      {label}
      <input
        ref={input}
        dir="auto"
        value={value}
        onChange={(event) => onChange(event.target.value.trimStart())}
        onKeyDown={({ key }) => key === 'Escape' && onCancel()}
        placeholder={placeholder}
        maxLength={maxLength}
        autoComplete="off"
        required
      />
    </label>
  );
}
