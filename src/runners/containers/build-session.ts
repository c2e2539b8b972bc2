import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ServiceDefinition, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import type Docker from 'dockerode';
import type { BuildSecrets } from './build-secrets.js';
import type { RegistryCredentials } from './docker-login.js';
import type { FindCredentials } from './registry-credentials.js';

/** What a build may ask us for while it runs. */
export interface BuildSession {
  id: string;
  close: () => void;
}

/** What a build may have of us. */
export interface BuildSessionOptions {
  secrets: BuildSecrets;
  /** What this machine's user has logged in to a registry with. */
  findCredentials: FindCredentials;
}

/** What each of the requests holds: the name of a secret, of a service, or of a registry's host. */
interface SessionRequest {
  request: { name: string };
}

/**
 * A connection on which BuildKit asks for the secrets that a `RUN` mounts, and for credentials of the registries that images
 * come from: the engine gets a value when a step wants it, and keeps none. Three of its own gRPC services, as moby/buildkit
 * defines them: Secrets, Auth (of which we know one method), and Health, without which it hangs up.
 */
export async function openBuildSession(
  engine: Docker,
  { secrets, findCredentials }: BuildSessionOptions,
): Promise<BuildSession> {
  const [{ default: grpc }, { default: protobuf }] = await Promise.all([import('@grpc/grpc-js'), import('protobufjs')]);
  /** A message whose fields are these texts, in this order. */
  const encodeTexts = (...texts: string[]): Buffer => {
    const writer = protobuf.Writer.create();
    for (const [index, text] of texts.entries()) writer.uint32(encodeFieldTag(index + 1)).bytes(Buffer.from(text));
    return Buffer.from(writer.finish());
  };
  const id = randomUUID();
  const socket = await upgrade(engine, id);
  socket.setTimeout(0); // Node's agent bounds what it takes for an idle connection; a step may take long
  const server = new grpc.Server();
  const implementation: UntypedServiceImplementation = {
    getSecret: ({ request }: SessionRequest, answer: sendUnaryData<Buffer>) => {
      const value = secrets[request.name];
      if (value === undefined) answer({ code: grpc.status.NOT_FOUND, details: `there is no secret ${request.name}` });
      else answer(null, encodeTexts(value));
    },
    getCredentials: async ({ request }: SessionRequest, answer: sendUnaryData<Buffer>) =>
      answer(null, encodeTexts(...listCredentialFields(await findCredentials(request.name)))),
    check: (_: SessionRequest, answer: sendUnaryData<Buffer>) => answer(null, serving),
  };
  server.addService(await describeService(), implementation);
  server.createConnectionInjector(grpc.ServerCredentials.createInsecure()).injectConnection(hideEncryption(socket));
  const close = () => {
    server.forceShutdown();
    socket.destroy();
  };
  return { id, close };
}

/** On a TLS socket Node's HTTP/2 insists on ALPN; here the protocol was agreed on by an upgrade within the connection. */
function hideEncryption(socket: Socket): Duplex {
  if (!(socket instanceof TLSSocket)) return socket;
  return Duplex.from({ readable: socket, writable: socket });
}

/** The tag of a message's field that is text or bytes. */
const encodeFieldTag = (field: number): number => (field << 3) | 2;

/** User and secret; a token stands alone. */
function listCredentialFields(known: RegistryCredentials | undefined): string[] {
  if (known === undefined) return [];
  return 'identitytoken' in known ? ['', known.identitytoken] : [known.username, known.password];
}

const methods = {
  getSecret: '/moby.buildkit.secrets.v1.Secrets/GetSecret',
  getCredentials: '/moby.filesync.v1.Auth/Credentials',
  check: '/grpc.health.v1.Health/Check',
};

function upgrade(engine: Docker, id: string): Promise<Socket> {
  const headers = {
    Upgrade: 'h2c',
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Name': 'berth',
    'X-Docker-Expose-Session-Grpc-Method': Object.values(methods),
  };
  const statusCodes = { 200: true, 500: 'server error' };
  return new Promise((resolve, reject) => {
    engine.modem.dial({ method: 'POST', path: '/session', hijack: true, headers, statusCodes }, (error, socket) => {
      if (error === null || error === undefined)
        resolve(socket as Socket); // a hijacked connection
      else reject(error);
    });
  });
}

/** `HealthCheckResponse { status: SERVING }`. */
const serving = Buffer.from([0x08, 0x01]);

async function describeService(): Promise<ServiceDefinition> {
  const { default: protobuf } = await import('protobufjs');
  /** An object also where nothing is named: grpc-js takes an empty text for no request at all. */
  const readName = (message: Buffer): SessionRequest['request'] => {
    const reader = protobuf.Reader.create(message);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag >>> 3 === 1) return { name: reader.string() };
      reader.skipType(tag & 7);
    }
    return { name: '' };
  };
  const passThrough = (message: Buffer): Buffer => message;
  const unary = (path: string) => ({
    path,
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: () => Buffer.alloc(0), // we only answer
    requestDeserialize: readName,
    responseSerialize: passThrough,
    responseDeserialize: passThrough,
  });
  return {
    getSecret: unary(methods.getSecret),
    getCredentials: unary(methods.getCredentials),
    check: unary(methods.check),
  };
}
