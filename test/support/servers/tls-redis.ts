import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from './redis-server.ts';

const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A Redis that speaks TLS only, with a certificate that no authority has signed. */
export async function startTlsRedis() {
  const folder = await mkdtemp(join(tmpdir(), 'durin-tls-'));
  const [keyFile, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const files = ['-keyout', keyFile, '-out', certificate, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...files, ...subject], { stdio: 'ignore' });
  const tls = ['--tls-cert-file', certificate, '--tls-key-file', keyFile, '--tls-ca-cert-file', certificate];
  const server = await startRedis((port) => ['--port', '0', '--tls-port', String(port), ...tls]);
  return {
    url: server.url.replace('redis:', 'rediss:'),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
