import { Button, type ButtonProps } from '@mui/material';

interface LinkButtonProps extends Omit<ButtonProps, 'href'> {
  /** A path within the page, such as `/clients`. */
  to: string;
}

/** A link that looks like a button. */
export function LinkButton({ to, ...props }: LinkButtonProps) {
  return <Button color="inherit" {...props} href={`#${to}`} />;
}
