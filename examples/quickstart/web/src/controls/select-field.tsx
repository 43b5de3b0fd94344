interface Props<TValue extends string> {
  label: string;
  value: TValue;
  onChange: (value: TValue) => void;
  options: readonly (readonly [value: TValue, words: string])[];
}

/** A choice of a few, with its label. */
export function SelectField<TValue extends string>({ label, value, onChange, options }: Props<TValue>) {
  function choose(picked: string): void {
    const option = options.find(([candidate]) => candidate === picked);
    if (option) onChange(option[0]);
  }

  return (
    <label className="field">
      {label}
      <select value={value} onChange={(event) => choose(event.target.value)}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
