import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { registerCleanup } from './temporary-directories.js';

/** Content of a registry by the OCI distribution specification. */
interface Blob {
  type: string;
  content: Buffer;
}

export interface PrivateRegistry {
  /** Reference of its only image. */
  image: string;
  host: string;
  /** Credentials of each request for the image as user:password; empty without any. */
  requestedBy: Set<string>;
}

/** Starts a registry on loopback that accepts one user. */
export async function startPrivateRegistry(user: string): Promise<PrivateRegistry> {
  const { manifest, blobs } = await makeImage();
  const requestedBy = new Set<string>();
  const server = createServer(({ url = '', method, headers: { authorization = '' } }, response) => {
    const asking = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
    if (url.includes('/manifests/')) requestedBy.add(asking);
    if (asking !== user) return response.writeHead(401, { 'www-authenticate': 'Basic realm="private"' }).end();
    const found = url.endsWith('/manifests/latest') ? manifest : blobs[url.split('/').at(-1) ?? ''];
    if (url !== '/v2/' && found === undefined) return response.writeHead(404).end();
    const { type, content } = found ?? { type: 'application/json', content: Buffer.from('{}') };
    const headers = {
      'content-type': type,
      'content-length': content.length,
      'docker-content-digest': digest(content),
    };
    response.writeHead(200, headers).end(method === 'HEAD' ? undefined : content);
  });
  server.listen(0, '127.0.0.1');
  registerCleanup(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { image: `${host}/team/base`, host, requestedBy };
}

const digest = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function makeImage(): Promise<{ manifest: Blob; blobs: Record<string, Blob> }> {
  const archive = pack();
  archive.entry({ name: 'private.txt' }, `of ${process.pid}`);
  archive.finalize();
  const layer = { type: 'application/vnd.oci.image.layer.v1.tar', content: await buffer(archive) };
  const rootfs = { type: 'layers', diff_ids: [digest(layer.content)] };
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const config = encode('application/vnd.oci.image.config.v1+json', { architecture, os: 'linux', config: {}, rootfs });
  const describe = ({ type, content }: Blob) => ({ mediaType: type, size: content.length, digest: digest(content) });
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const parts = { config: describe(config), layers: [describe(layer)] };
  const manifest = encode(type, { schemaVersion: 2, mediaType: type, ...parts });
  const blobs = [layer, config, manifest].map((blob) => [digest(blob.content), blob] as const);
  return { manifest, blobs: Object.fromEntries(blobs) };
}

const encode = (type: string, value: unknown): Blob => ({ type, content: Buffer.from(JSON.stringify(value)) });
