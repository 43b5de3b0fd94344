import { Button, type ButtonProps } from '@mui/material';

interface LinkButtonProps extends Omit<ButtonProps, 'href'> {
  /** A path of this page: `/clients`. */
  to: string;
}

/** A button that goes somewhere, and so is a link. */
export function LinkButton({ to, ...props }: LinkButtonProps) {
  return <Button color="inherit" {...props} href={`#${to}`} />;
}
