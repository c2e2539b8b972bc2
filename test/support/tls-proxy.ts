import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { registerCleanup, temporaryDirectory } from './temporary-directories.js';

/** Proxy with mutual TLS on loopback in front of a unix socket. */
export interface TlsProxy {
  port: number;
  /** Directory with `ca.pem`, `cert.pem` and `key.pem` of an accepted client. */
  certificates: string;
}

/** Accepts clients of its own authority and forwards their connections to the socket. */
export async function startTlsProxy(socketPath: string): Promise<TlsProxy> {
  const certificates = temporaryDirectory('berth-tls-');
  createAuthority(certificates);
  signCertificate(certificates, 'server', 'subjectAltName=IP:127.0.0.1');
  signCertificate(certificates, 'client', 'extendedKeyUsage=clientAuth');
  const read = (file: string) => readFileSync(join(certificates, file));
  writeFileSync(join(certificates, 'cert.pem'), read('client.pem'));
  writeFileSync(join(certificates, 'key.pem'), read('client.key'));
  const identity = { ca: read('ca.pem'), cert: read('server.pem'), key: read('server.key') };
  const open = new Set<TLSSocket>();
  const server = createServer({ ...identity, requestCert: true, rejectUnauthorized: true }, (client) => {
    const engine = connect(socketPath);
    open.add(client.on('close', () => open.delete(client)));
    client.pipe(engine).pipe(client);
    client.on('error', () => {}).on('close', () => engine.destroy());
    engine.on('error', () => {}).on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registerCleanup(() => {
    for (const client of open) client.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, certificates };
}

const openssl = (directory: string, ...argv: string[]) =>
  execFileSync('openssl', argv, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });

const newKey = (name: string) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', name];

export function createAuthority(directory: string): void {
  openssl(directory, 'req', '-x509', ...newKey('ca.key'), '-subj', '/CN=authority', '-days', '2', '-out', 'ca.pem');
}

export function signCertificate(directory: string, name: string, extension: string): void {
  writeFileSync(join(directory, `${name}.ext`), `${extension}\n`);
  openssl(directory, 'req', ...newKey(`${name}.key`), '-subj', `/CN=${name}`, '-out', `${name}.csr`);
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`];
  openssl(directory, 'x509', '-req', '-in', `${name}.csr`, ...signer, '-out', `${name}.pem`);
}
