import Visibility from '@mui/icons-material/Visibility';
import VisibilityOff from '@mui/icons-material/VisibilityOff';
import { Checkbox, FormControlLabel, IconButton, InputAdornment, MenuItem, TextField } from '@mui/material';
import { useState } from 'react';
import type { LoginField } from '../../src/admin/page/login-fields.ts';

interface SignInFieldProps {
  field: LoginField;
  /** The server's error for this field. */
  error: string | undefined;
  isFirst: boolean;
}

/** A field of the app's login input. */
export function SignInField({ field, error, isFirst }: SignInFieldProps) {
  const { name, label, kind, isRequired, autoComplete, hint } = field;
  const [isRevealed, setIsRevealed] = useState(false);
  if (kind === 'checkbox') return <FormControlLabel control={<Checkbox name={name} />} label={label} />;

  const revealButton = (
    <InputAdornment position="end">
      <IconButton
        edge="end"
        size="small"
        aria-label={isRevealed ? `Hide ${label}` : `Show ${label}`}
        onClick={() => setIsRevealed(!isRevealed)}
      >
        {isRevealed ? <VisibilityOff fontSize="small" /> : <Visibility fontSize="small" />}
      </IconButton>
    </InputAdornment>
  );
  return (
    <TextField
      name={name}
      label={label}
      type={kind === 'choice' || (kind === 'password' && isRevealed) ? 'text' : kind}
      select={kind === 'choice'}
      defaultValue={kind === 'choice' ? (field.choices?.[0] ?? '') : ''}
      autoComplete={autoComplete}
      autoFocus={isFirst}
      error={error !== undefined}
      helperText={error ?? hint}
      slotProps={{
        htmlInput: { required: isRequired, autoCapitalize: 'none', spellCheck: false },
        input: kind === 'password' ? { endAdornment: revealButton } : {},
      }}
    >
      {field.choices?.map((choice) => (
        <MenuItem key={choice} value={choice}>
          {choice}
        </MenuItem>
      ))}
    </TextField>
  );
}
