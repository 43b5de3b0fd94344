import { Card } from '@mui/material';
import { Form, SaveButton, TextInput } from 'react-admin';

interface ClientFormProps {
  isNew?: boolean;
  /** The verb of what the form does. */
  save: string;
}

const plainText = { htmlInput: { autoCapitalize: 'none', spellCheck: false } };

/** What a client can be given. The server judges what is typed, and its sentences come back to the fields. */
export function ClientForm({ isNew = false, save }: ClientFormProps) {
  return (
    <Card sx={{ maxWidth: 560, p: 2 }}>
      <Form>
        <TextInput
          source="name"
          label="Name"
          helperText="What programs call themselves at login, such as web or cli."
          slotProps={plainText}
        />
        <TextInput
          source="lifetime"
          label="Token lifetime"
          helperText={`Such as 14d, 12h, 30m or 45s, or never.${isNew ? " Left empty, the app's default." : ''}`}
          slotProps={plainText}
        />
        <TextInput
          source="throttleRate"
          label="Request rate"
          helperText="Requests per user, such as 100/m, 1000/h or 10000/d. Left empty, the app's default."
          slotProps={plainText}
        />
        <SaveButton label={save} icon={<></>} alwaysEnable sx={{ mt: 1 }} />
      </Form>
    </Card>
  );
}
