import polyglotI18nProvider from 'ra-i18n-polyglot';
import english from 'ra-language-english';

/** react-admin's English, with the page's own names. */
const messages = {
  ...english,
  ra: {
    ...english.ra,
    message: { ...english.ra.message, invalid_form: 'Not saved: some of what was entered is not right.' },
    page: { ...english.ra.page, dashboard: 'Usage' },
  },
  resources: {
    clients: { name: 'Client |||| Clients' },
    tokens: { name: 'Token |||| Tokens' },
  },
};

export const i18nProvider = polyglotI18nProvider(() => messages, 'en', [{ locale: 'en', name: 'English' }], {
  allowMissing: true, // what the views say themselves is in English already
});
