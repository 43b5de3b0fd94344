import { Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { Layout as AdminLayout, AppBar, Link, Menu, ToggleThemeButton } from 'react-admin';
import { Logo } from '../look/logo.tsx';
import { config } from '../page-config.ts';
import { SessionWatch } from '../sign-in/session-watch.tsx';
import { Account } from './account.tsx';
import { Crashed } from './crashed.tsx';

/** The frame of every view: app bar and navigation. */
export function Layout({ children }: { children: ReactNode }) {
  return (
    <AdminLayout appBar={Bar} menu={Navigation} error={Crashed}>
      <SessionWatch />
      {children}
    </AdminLayout>
  );
}

function Bar() {
  return (
    <AppBar alwaysOn color="inherit" toolbar={<ToggleThemeButton />} userMenu={<Account />}>
      <Link
        to="/"
        color="inherit"
        underline="none"
        sx={{ display: 'flex', alignItems: 'center', gap: 1.25, flex: 1, minWidth: 0 }}
      >
        <Logo size={26} />
        <Typography component="span" noWrap sx={{ fontWeight: 650 }}>
          {config.title}
        </Typography>
      </Link>
    </AppBar>
  );
}

function Navigation() {
  return (
    <Menu component="nav" aria-label="Main navigation">
      <Menu.DashboardItem />
      <Menu.ResourceItem name="clients" />
      <Menu.ResourceItem name="tokens" />
      {config.hasPolicies && <Menu.ResourceItem name="policies" />}
      {config.hasAudit && <Menu.ResourceItem name="audit" />}
      <Menu.ResourceItem name="health" />
    </Menu>
  );
}
