import { enter, type Life, record } from './life.js';
import { onHost } from './on-host.js';
import { startRevision } from './revision.js';
import { anywhere, buildingOn, quickOn } from './steps.js';

/** selecting → copying → adapting → verifying → starting → checking → running: the steps of a new revision. */
export async function bringUp(life: Life): Promise<void> {
  await selectStrategy(life);
  await copyWorkspace(life);
  await adaptWorkspace(life);
  await verifyRevision(life);
  await startRevision(life);
}

async function selectStrategy(life: Life): Promise<void> {
  const { config, info } = life;
  enter(life, 'selecting');
  const { setting, host } = await record(
    life,
    'selectStrategy',
    () => anywhere.selectStrategy.executeWithOptions({ summary: `choose a strategy for ${info.name}` }, [{ config }]),
    ({ setting: { strategy, decidedBy } }) => `${strategy}, by ${decidedBy}`,
  );
  // From here on something may exist on that host: the undo knows where to look before the first step runs there.
  life.host = host;
  life.setting = setting;
  const { strategy, provider, interface: kind, resources, decidedBy, reasoning, candidates } = setting;
  Object.assign(info, { strategy, provider, interface: kind, resources, host });
  info.selection = { decidedBy, reasoning, candidates };
}

async function copyWorkspace(life: Life): Promise<void> {
  const { info } = life;
  const { host } = selected(life);
  const { path } = info.source;
  enter(life, 'copying');
  const { digest, notes } = await onHost(
    life,
    'copyWorkspace',
    ({ files }) => (files === 1 ? '1 file' : `${files} files`),
    () =>
      quickOn(host).copyWorkspace.executeWithOptions({ summary: `copy ${path}` }, [{ name: info.name, source: path }]),
  );
  info.source.digest = digest;
  info.notes.push(...notes);
}

async function adaptWorkspace(life: Life): Promise<void> {
  const { config, info } = life;
  const { host, setting } = selected(life);
  const summary = `adapt ${info.name} for ${setting.strategy}`;
  enter(life, 'adapting');
  const adaptation = await onHost(
    life,
    'adaptWorkspace',
    (result) => `${result.by}: ${result.summary}`,
    () => buildingOn(host).adaptWorkspace.executeWithOptions({ summary }, [{ config, setting }]),
  );
  life.adaptation = adaptation;
  const { by, summary: said, rounds, cost, sessionId, filesChanged, runInterface } = adaptation;
  info.adaptation = { by, summary: said, rounds, cost, sessionId };
  info.adaptedFiles = filesChanged;
  info.runInterface = runInterface;
}

async function verifyRevision(life: Life): Promise<void> {
  const { config, info, adaptation } = life;
  const { host, setting } = selected(life);
  if (adaptation === null) throw new Error('what is verified was adapted before');
  const revision = `r${info.revisions.length + 1}`;
  const summary = `verify ${revision} of ${info.name}`;
  enter(life, 'verifying');
  const verified = await onHost(
    life,
    'verifyRevision',
    ({ rungs }) => `${rungs.length} checks passed`,
    () => buildingOn(host).verifyRevision.executeWithOptions({ summary }, [{ config, setting, adaptation, revision }]),
  );
  life.revision = verified;
  info.adaptedPath = verified.directory;
  info.contract = verified.contract;
  info.rungs = verified.rungs;
  info.notes.push(...verified.notes);
  const createdAt = new Date().toISOString();
  info.revisions.push({ id: revision, state: 'verified', createdAt, digest: verified.digest });
}

function selected({ host, setting }: Life) {
  if (host === null || setting === null) throw new Error('the strategy is selected first');
  return { host, setting };
}
