import { MenuItem, TextField } from '@mui/material';

interface PeriodInputProps {
  label: string;
  /** Days. The same for `periods`. */
  value: number;
  periods: readonly number[];
  onChange: (days: number) => void;
}

export function PeriodInput({ label, value, periods, onChange }: PeriodInputProps) {
  return (
    <TextField
      select
      label={label}
      value={value}
      onChange={({ target }) => onChange(Number(target.value))}
      margin="none"
      sx={{ minWidth: 110 }}
    >
      {periods.map((days) => (
        <MenuItem key={days} value={days}>
          {days} days
        </MenuItem>
      ))}
    </TextField>
  );
}
