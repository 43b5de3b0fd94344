import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Header } from '@/components/header.tsx';
import { Providers } from '@/components/providers.tsx';
import { getSession } from '@/server/session.ts';
import './style/main.css';

export const metadata: Metadata = {
  title: 'trpc-durin with Next.js',
  description: 'Sign in, and manage your devices.',
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Providers session={await getSession()}>
          <Header />
          <main>{children}</main>
        </Providers>
      </body>
    </html>
  );
}
