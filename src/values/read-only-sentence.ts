/** What an admin who may only read is answered when changing something, and sees on the admin page. */
export const readOnlySentence = 'You may see everything here, and change nothing.';
