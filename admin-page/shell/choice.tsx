import { MenuItem, TextField } from '@mui/material';

interface ChoiceProps {
  label: string;
  /** The option that filters nothing. */
  all: string;
  /** `''` if nothing is filtered. */
  value: string;
  choices: readonly { readonly id: string; readonly name: string }[];
  onChange: (id: string) => void;
  minWidth?: number;
}

/** A filter by one of a few values. */
export function Choice({ label, all, value, choices, onChange, minWidth }: ChoiceProps) {
  return (
    <TextField
      select
      label={label}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      margin="none"
      sx={{ minWidth }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{all}</MenuItem>
      {choices.map(({ id, name }) => (
        <MenuItem key={id} value={id}>
          {name}
        </MenuItem>
      ))}
    </TextField>
  );
}
