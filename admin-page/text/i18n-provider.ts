import polyglotI18nProvider from 'ra-i18n-polyglot';
import english from 'ra-language-english';

/** react-admin's English texts, with the names of the page's own resources. */
const messages = {
  ...english,
  ra: {
    ...english.ra,
    message: { ...english.ra.message, invalid_form: 'Not saved. Some fields are invalid.' },
    page: { ...english.ra.page, dashboard: 'Usage' },
  },
  resources: {
    clients: { name: 'Client |||| Clients' },
    tokens: { name: 'Token |||| Tokens' },
    policies: { name: 'Policy |||| Policies' },
  },
};

export const i18nProvider = polyglotI18nProvider(() => messages, 'en', [{ locale: 'en', name: 'English' }], {
  allowMissing: true, // the page's own texts are not keys
});
