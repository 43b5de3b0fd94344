import Apps from '@mui/icons-material/AppsOutlined';
import History from '@mui/icons-material/HistoryOutlined';
import MonitorHeart from '@mui/icons-material/MonitorHeartOutlined';
import Rule from '@mui/icons-material/RuleOutlined';
import VpnKey from '@mui/icons-material/VpnKeyOutlined';
import { Admin, Resource } from 'react-admin';
import { AuditPage } from './audit/audit-page.tsx';
import { ClientCreate } from './clients/client-create.tsx';
import { ClientEdit } from './clients/client-edit.tsx';
import { ClientList } from './clients/client-list.tsx';
import { dataProvider } from './data/data-provider.ts';
import { queryClient } from './data/query-client.ts';
import { HealthPage } from './health/health-page.tsx';
import { darkTheme, lightTheme } from './look/theme.ts';
import { config } from './page-config.ts';
import { PolicyPage } from './policy/policy-page.tsx';
import { Crashed } from './shell/crashed.tsx';
import { Layout } from './shell/layout.tsx';
import { NotFound } from './shell/not-found.tsx';
import { createPageStore } from './shell/page-store.ts';
import { authProvider } from './sign-in/auth-provider.ts';
import { SignInPage } from './sign-in/sign-in-page.tsx';
import { i18nProvider } from './text/i18n-provider.ts';
import { TokenShow } from './tokens/detail/token-show.tsx';
import { IssueToken } from './tokens/issue/issue-token.tsx';
import { TokenList } from './tokens/token-list.tsx';
import { UsagePage } from './usage/usage-page.tsx';

const store = createPageStore();

/** The admin page: usage, clients, tokens, policies, audit, health and sign-in. Calls its own server only. */
export function App() {
  return (
    <Admin
      title={config.title}
      authProvider={authProvider}
      dataProvider={dataProvider}
      i18nProvider={i18nProvider}
      queryClient={queryClient}
      store={store}
      theme={lightTheme}
      darkTheme={darkTheme}
      layout={Layout}
      loginPage={SignInPage}
      dashboard={UsagePage}
      catchAll={NotFound}
      error={Crashed}
      requireAuth
      disableTelemetry
    >
      <Resource name="clients" icon={Apps} list={ClientList} create={ClientCreate} edit={ClientEdit} />
      <Resource name="tokens" icon={VpnKey} list={TokenList} create={IssueToken} show={TokenShow} />
      {config.hasPolicies && <Resource name="policies" icon={Rule} list={PolicyPage} />}
      {config.hasAudit && <Resource name="audit" icon={History} list={AuditPage} options={{ label: 'Audit' }} />}
      <Resource name="health" icon={MonitorHeart} list={HealthPage} options={{ label: 'Health' }} />
    </Admin>
  );
}
