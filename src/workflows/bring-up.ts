import { enter, type Life, record } from './life.js';
import { onHost } from './on-host.js';
import { startRevision } from './revision.js';
import { anywhere, buildingOn, quickOn } from './steps.js';

/** selecting → copying → adapting → verifying → starting → checking → running: the steps of a new revision. */
export async function bringUp(life: Life): Promise<void> {
  const { config, info } = life;
  const { name } = config;
  const revision = 'r1';

  enter(life, 'selecting');
  const selected = await record(
    life,
    'selectStrategy',
    () => anywhere.selectStrategy.executeWithOptions({ summary: `choose a strategy for ${name}` }, [{ config }]),
    ({ setting }) => `${setting.strategy}, by ${setting.decidedBy}`,
  );
  life.setting = selected.setting;
  const { strategy, provider, interface: kind, resources, decidedBy, reasoning, candidates } = selected.setting;
  Object.assign(info, { strategy, provider, interface: kind, resources, host: selected.host });
  info.selection = { decidedBy, reasoning, candidates };

  // From here on something may exist on that host: the undo knows where to look before the first step runs there.
  life.host = selected.host;
  const quick = quickOn(selected.host);
  const building = buildingOn(selected.host);

  enter(life, 'copying');
  const copy = await onHost(
    life,
    'copyWorkspace',
    ({ files }) => `${files} files`,
    () =>
      quick.copyWorkspace.executeWithOptions({ summary: `copy ${config.solution.path}` }, [
        { name, source: config.solution.path },
      ]),
  );
  info.source.digest = copy.digest;
  info.notes.push(...copy.notes);

  enter(life, 'adapting');
  const adaptation = await onHost(
    life,
    'adaptWorkspace',
    ({ by, summary }) => `${by}: ${summary}`,
    () =>
      building.adaptWorkspace.executeWithOptions({ summary: `adapt ${name} for ${strategy}` }, [
        { config, setting: selected.setting },
      ]),
  );
  life.adaptation = adaptation;
  info.adaptation = {
    by: adaptation.by,
    summary: adaptation.summary,
    rounds: adaptation.rounds,
    cost: adaptation.cost,
    sessionId: adaptation.sessionId,
  };
  info.adaptedFiles = adaptation.filesChanged;
  info.runInterface = adaptation.runInterface;

  enter(life, 'verifying');
  const verified = await onHost(
    life,
    'verifyRevision',
    ({ rungs }) => `${rungs.length} checks passed`,
    () =>
      building.verifyRevision.executeWithOptions({ summary: `verify ${revision} of ${name}` }, [
        { config, setting: selected.setting, adaptation, revision },
      ]),
  );
  life.revision = verified;
  info.adaptedPath = verified.directory;
  info.contract = verified.contract;
  info.rungs = verified.rungs;
  info.notes.push(...verified.notes);
  info.revisions.push({
    id: revision,
    state: 'verified',
    createdAt: new Date().toISOString(),
    digest: verified.digest,
  });

  await startRevision(life);
}
