import logoUrl from './logo.svg';

/** The logo. Decorative: the title stands beside it. */
export function Logo({ size }: { size: number }) {
  return <img src={logoUrl} width={size} height={size} alt="" />;
}
