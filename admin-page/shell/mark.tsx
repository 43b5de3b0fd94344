import markUrl from './mark.svg';

/** The project's mark; what stands beside it names it. */
export function Mark({ size }: { size: number }) {
  return <img src={markUrl} width={size} height={size} alt="" />;
}
