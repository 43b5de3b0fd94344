import { useId, useState } from 'react';

interface Props {
  value: string;
  onChange: (value: string) => void;
}

export function PasswordField({ value, onChange }: Props) {
  const [isShown, setIsShown] = useState(false);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Password</label>
      <div className="with-button">
        <input
          id={id}
          name="password"
          type={isShown ? 'text' : 'password'}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          autoComplete="current-password"
          required
        />
        <button type="button" onClick={() => setIsShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'}
          <span className="hidden"> the password</span>
        </button>
      </div>
    </div>
  );
}
