import { Card } from '@mui/material';
import { Form, SaveButton, TextInput } from 'react-admin';

interface ClientFormProps {
  isNew?: boolean;
  /** The label of the submit button. */
  submitLabel: string;
}

/** The record is loaded again after the form is shown. If it has changed, fields that were edited keep their text. */
const keepEdits = { keepDirtyValues: true };
const plainText = { htmlInput: { autoCapitalize: 'none', spellCheck: false } };

/** The fields of a client. The server validates them; its errors appear at the fields. */
export function ClientForm({ isNew = false, submitLabel }: ClientFormProps) {
  return (
    <Card sx={{ maxWidth: 560, p: 2 }}>
      <Form resetOptions={keepEdits}>
        <TextInput
          source="name"
          label="Name"
          helperText="The name that the program sends at login, such as web or cli."
          slotProps={plainText}
        />
        <TextInput
          source="lifetime"
          label="Token lifetime"
          helperText={`For example 14d, 12h, 30m, 45s or never.${isNew ? " Leave empty for the app's default." : ''}`}
          slotProps={plainText}
        />
        <TextInput
          source="throttleRate"
          label="Request rate"
          helperText="Requests per user, for example 100/m, 1000/h or 10000/d. Leave empty for the app's default."
          slotProps={plainText}
        />
        <SaveButton label={submitLabel} icon={<></>} alwaysEnable sx={{ mt: 1 }} />
      </Form>
    </Card>
  );
}
