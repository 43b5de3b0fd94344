import { TextInput } from 'react-admin';

/**
 * What a client can be given. The server judges what is typed, and its sentences come back to the fields.
 * @param isNew whether there is no such client yet
 */
export function ClientFields({ isNew = false }: { isNew?: boolean }) {
  return (
    <>
      <TextInput source="name" label="Name" helperText="What programs call themselves at login, such as web or cli." />
      <TextInput
        source="lifetime"
        label="Token lifetime"
        helperText={`Such as 14d, 12h, 30m or 45s, or never.${isNew ? " Left empty, the app's default." : ''}`}
        slotProps={{ htmlInput: { autoCapitalize: 'none', spellCheck: false } }}
      />
      <TextInput
        source="throttleRate"
        label="Request rate"
        helperText="Requests per user, such as 100/m, 1000/h or 10000/d. Left empty, the app's default."
        slotProps={{ htmlInput: { autoCapitalize: 'none', spellCheck: false } }}
      />
    </>
  );
}
