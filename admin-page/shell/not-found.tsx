import { LinkButton } from './link-button.tsx';
import { ViewHeader } from './view-header.tsx';

/** The view of an address that the page does not have. */
export function NotFound() {
  return (
    <>
      <ViewHeader title="Not found">This page has no such view. The address may be mistyped.</ViewHeader>
      <LinkButton to="/" variant="outlined" sx={{ alignSelf: 'flex-start' }}>
        Go to the start
      </LinkButton>
    </>
  );
}
