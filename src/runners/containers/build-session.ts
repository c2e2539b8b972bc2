import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ServiceDefinition, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import type Docker from 'dockerode';
import type { BuildSecrets } from './build-secrets.js';
import type { RegistryCredentials } from './docker-login.js';
import type { FindCredentials } from './registry-credentials.js';

/** A session in which a running build requests secrets and credentials. */
export interface BuildSession {
  id: string;
  close: () => void;
}

export interface BuildSessionOptions {
  secrets: BuildSecrets;
  /** Returns the credentials with which this machine's user has logged in to a registry. */
  findCredentials: FindCredentials;
}

/** A request for a secret, the health of a service, or the credentials of a registry host, by name. */
interface SessionRequest {
  request: { name: string };
}

/**
 * Opens a connection on which BuildKit requests the secrets that a `RUN` mounts, and registry credentials. The engine gets a
 * value when a step needs it, and stores none. Serves three gRPC services as moby/buildkit defines them: Secrets, Auth (only
 * one method), and Health, without which BuildKit closes the connection.
 */
export async function openBuildSession(
  engine: Docker,
  { secrets, findCredentials }: BuildSessionOptions,
): Promise<BuildSession> {
  const [{ default: grpc }, { default: protobuf }] = await Promise.all([import('@grpc/grpc-js'), import('protobufjs')]);
  /** Encodes a message with these texts as its fields, in this order. */
  const encodeTexts = (...texts: string[]): Buffer => {
    const writer = protobuf.Writer.create();
    for (const [index, text] of texts.entries()) writer.uint32(encodeFieldTag(index + 1)).bytes(Buffer.from(text));
    return Buffer.from(writer.finish());
  };
  const id = randomUUID();
  const socket = await upgrade(engine, id);
  socket.setTimeout(0); // the agent of Node.js closes idle connections, but a step may take long
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

/** Hides a TLS socket from Node's HTTP/2, which requires ALPN. Here an upgrade of the connection agreed on the protocol. */
function hideEncryption(socket: Socket): Duplex {
  if (!(socket instanceof TLSSocket)) return socket;
  return Duplex.from({ readable: socket, writable: socket });
}

/** Returns the tag of a field with text or bytes. */
const encodeFieldTag = (field: number): number => (field << 3) | 2;

/** Returns user and secret. A token has no user. */
function listCredentialFields(credentials: RegistryCredentials | undefined): string[] {
  if (credentials === undefined) return [];
  return 'identitytoken' in credentials
    ? ['', credentials.identitytoken]
    : [credentials.username, credentials.password];
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

/** Encoded `HealthCheckResponse { status: SERVING }`. */
const serving = Buffer.from([0x08, 0x01]);

async function describeService(): Promise<ServiceDefinition> {
  const { default: protobuf } = await import('protobufjs');
  /** Returns an object even without a name, because grpc-js treats an empty string as no request. */
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
