import { Card } from '@mui/material';
import { Form, NumberInput, RadioButtonGroupInput, SaveButton, TextInput } from 'react-admin';
import type { ClientRow } from '../data/clients.ts';

interface ClientFormProps {
  isNew?: boolean;
  /** Whether its tokens are API keys, whose number the app's code sets. */
  hasKeys?: boolean;
  /** The label of the submit button. */
  submitLabel: string;
}

const limitChoices = [
  { id: 'end-oldest', name: 'A login ends the least recently used session' },
  { id: 'refuse', name: 'A login is refused' },
] satisfies { id: ClientRow['atLimit']; name: string }[];

/** The record is loaded again after the form is shown. If it has changed, fields that were edited keep their text. */
const keepEdits = { keepDirtyValues: true };
const plainText = { htmlInput: { autoCapitalize: 'none', spellCheck: false } };

/** The fields of a client. The server validates them; its errors appear at the fields. */
export function ClientForm({ isNew = false, hasKeys = false, submitLabel }: ClientFormProps) {
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
          source="idleTime"
          label="Idle time"
          defaultValue="never"
          helperText="A session ends when it has not been used for so long: for example 3d, at least 5m, or never."
          slotProps={plainText}
        />
        <TextInput
          source="longestLife"
          label="Longest lifetime"
          defaultValue="never"
          helperText="A session ends so long after its login, however often it is refreshed: for example 90d, or never."
          slotProps={plainText}
        />
        {!hasKeys && <SessionLimit />}
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

function SessionLimit() {
  return (
    <>
      <NumberInput
        source="maxSessions"
        label="Sessions per user"
        defaultValue={1}
        helperText="How many devices a user may be signed in on at once. With 1, all devices share one token."
      />
      <RadioButtonGroupInput
        source="atLimit"
        label="At the limit"
        defaultValue="end-oldest"
        choices={limitChoices}
        row={false}
        helperText={false}
      />
    </>
  );
}
