import Visibility from '@mui/icons-material/Visibility';
import VisibilityOff from '@mui/icons-material/VisibilityOff';
import { Checkbox, FormControlLabel, IconButton, InputAdornment, MenuItem, TextField } from '@mui/material';
import { useState } from 'react';
import type { LoginField } from '../../src/admin/page/login-fields.ts';

interface SignInFieldProps {
  field: LoginField;
  /** What the server said of it. */
  fault: string | undefined;
  isFirst: boolean;
}

/** A field of the app's login input. */
export function SignInField({ field, fault, isFirst }: SignInFieldProps) {
  const { name, label, kind, isRequired, autoComplete, hint } = field;
  const [isShown, setIsShown] = useState(false);
  if (kind === 'checkbox') return <FormControlLabel control={<Checkbox name={name} />} label={label} />;

  const reveal = (
    <InputAdornment position="end">
      <IconButton
        edge="end"
        size="small"
        aria-label={isShown ? 'Hide what is typed' : 'Show what is typed'}
        onClick={() => setIsShown(!isShown)}
      >
        {isShown ? <VisibilityOff fontSize="small" /> : <Visibility fontSize="small" />}
      </IconButton>
    </InputAdornment>
  );
  return (
    <TextField
      name={name}
      label={label}
      type={kind === 'choice' || (kind === 'password' && isShown) ? 'text' : kind}
      select={kind === 'choice'}
      defaultValue={kind === 'choice' ? (field.choices?.[0] ?? '') : ''}
      autoComplete={autoComplete}
      autoFocus={isFirst}
      error={fault !== undefined}
      helperText={fault ?? hint}
      slotProps={{
        htmlInput: { required: isRequired, autoCapitalize: 'none', spellCheck: false },
        input: kind === 'password' ? { endAdornment: reveal } : {},
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
