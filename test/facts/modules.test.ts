/** @needs python3 */
import { expect, test } from '@jest/globals';
import type { Facts } from '../../src/contract/facts.js';
import { gatherFacts } from '../../src/facts/index.js';
import { temporaryHome, temporarySolution } from '../support/temporary-directories.js';

const home = temporaryHome();
const readFacts = (files: Record<string, string>): Promise<Facts> => gatherFacts(temporarySolution(files), { home });
const def = (name: string) => `def ${name}(x): return x\n`;

/** Describes how the file’s callable is imported. */
async function describeImport(file: string, files: Record<string, string>) {
  const { entryPoints } = await readFacts(files);
  const found = entryPoints.find((entry) => entry.file === file);
  if (found === undefined) throw new Error(`nothing is offered in ${file}`);
  const { module, root, paths, byFile, package: ownPackage } = found;
  return {
    module,
    root,
    ...(paths && { paths }),
    ...(byFile && { byFile }),
    ...(ownPackage && { package: ownPackage }),
  };
}

test('a repository that is itself a package is read, and needs no package if nothing is imported from it', async () => {
  const files = { '__init__.py': '', 'predict.py': def('predict') };
  expect(await describeImport('predict.py', files)).toEqual({ module: 'predict', root: '.' });
});

test('a relative import in the root makes the repository a package', async () => {
  const files = {
    '__init__.py': def('load'),
    'predict.py': `from .helper import up\n${def('predict')}`,
    'helper.py': def('up'),
    'nodes/loader.py': `from ..helper import up\n${def('loader')}`,
  };
  const root = { name: 'root_package', directory: '.' };
  expect(await describeImport('predict.py', files)).toEqual({ module: 'predict', root: '.', package: root });
  expect(await describeImport('nodes/loader.py', files)).toEqual({ module: 'nodes.loader', root: '.', package: root });
  expect(await describeImport('__init__.py', files)).toEqual({ module: '__init__', root: '.', package: root });
  expect(await describeImport('helper.py', files)).toEqual({ module: 'helper', root: '.' });
  expect((await readFacts(files)).imports).toEqual({ 'nodes/loader.py': ['helper.py'], 'predict.py': ['helper.py'] });
});

test('the repository’s package has the name that its code uses', async () => {
  const files = {
    '__init__.py': '',
    'predict.py': `from .helper import up\nimport numpy.linalg\n${def('predict')}`,
    'helper.py': `from my_tool.base import x\n${def('up')}`,
    'base.py': 'x = 1\n',
  };
  expect(await describeImport('predict.py', files)).toMatchObject({ package: { name: 'my_tool', directory: '.' } });
  expect((await readFacts(files)).imports['helper.py']).toBeUndefined();
});

test('a directory without a valid module name is a root, and such a file is loaded by its path', async () => {
  const files = {
    'my-model/predict.py': def('predict'),
    'my-model/__init__.py': '',
    'my-model/inner/deep.py': `from ..predict import predict\n${def('deep')}`,
    '01-predict.py': def('first'),
    'v1.2/class.py': def('second'),
    'modèle.py': def('third'),
  };
  expect(await describeImport('my-model/predict.py', files)).toEqual({ module: 'predict', root: 'my-model' });
  expect(await describeImport('my-model/inner/deep.py', files)).toEqual({
    module: 'inner.deep',
    root: 'my-model',
    package: { name: 'my_model', directory: 'my-model' },
  });
  expect(await describeImport('01-predict.py', files)).toEqual({ module: '_01_predict', root: '.', byFile: true });
  expect(await describeImport('v1.2/class.py', files)).toEqual({ module: '_class', root: 'v1.2', byFile: true });
  expect(await describeImport('modèle.py', files)).toEqual({ module: 'modèle', root: '.' });
});

test('each parent directory from which imports succeed is a root, also for imported modules', async () => {
  const files = {
    'backend/app/main.py': `from app.utils import up\n${def('main_of')}`,
    'backend/app/utils.py': `import shared_code\n${def('up')}`,
    'backend/app/shared_code.py': '',
    'backend/app/alone.py': def('alone'),
  };
  expect(await describeImport('backend/app/main.py', files)).toEqual({
    module: 'app.main',
    root: 'backend',
    paths: ['backend', 'backend/app', '.'],
  });
  expect(await describeImport('backend/app/alone.py', files)).toEqual({ module: 'backend.app.alone', root: '.' });
});

test('a package is named as its own files import it', async () => {
  const files = {
    'backend/__init__.py': '',
    'backend/app/__init__.py': '',
    'backend/app/main.py': `from app.utils import up\n${def('main_of')}`,
    'backend/app/utils.py': def('up'),
    'service/pkg/__init__.py': '',
    'service/pkg/a.py': `from service.pkg.b import b\n${def('a')}`,
    'service/pkg/b.py': def('b'),
  };
  expect(await describeImport('backend/app/main.py', files)).toEqual({
    module: 'backend.app.main',
    root: '.',
    paths: ['.', 'backend'],
  });
  expect(await describeImport('service/pkg/b.py', files)).toEqual({ module: 'service.pkg.b', root: '.' });
});

test('a member of a workspace is named by its own package', async () => {
  const files = {
    'pyproject.toml': '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
    'packages/foo/pyproject.toml': '[project]\nname = "foo"\n',
    'packages/foo/src/foo/__init__.py': '',
    'packages/foo/src/foo/predict.py': def('predict'),
    'packages/bar/pyproject.toml': '[project]\nname = "bar"\n',
    'packages/bar/bar/tool.py': def('tool'),
    'libs/baz/baz/__init__.py': '',
    'libs/baz/baz/run.py': def('run'),
  };
  expect(await describeImport('packages/foo/src/foo/predict.py', files)).toEqual({
    module: 'foo.predict',
    root: 'packages/foo/src',
  });
  expect(await describeImport('packages/bar/bar/tool.py', files)).toEqual({ module: 'bar.tool', root: 'packages/bar' });
  expect(await describeImport('libs/baz/baz/run.py', files)).toEqual({ module: 'baz.run', root: 'libs/baz' });
});

test('modules with the same name in several members are all candidates', async () => {
  const files = {
    'a/pyproject.toml': '',
    'a/app.py': def('predict'),
    'b/pyproject.toml': '',
    'b/app.py': def('predict'),
  };
  const { entryPoints } = await readFacts(files);
  expect(entryPoints.map(({ file, module, root }) => `${file} ${root} ${module}`)).toEqual([
    'a/app.py a app',
    'b/app.py b app',
  ]);
});

test('an import of the standard library does not refer to a file with its name', async () => {
  const files = {
    'service/run.py': `import types\nimport token\n${def('go')}`,
    'service/types.py': '',
    'service/token.py': '',
  };
  expect(await describeImport('service/run.py', files)).toEqual({ module: 'service.run', root: '.' });
});

test('cycles of imports, also of classes, end', async () => {
  const { imports, entryPoints } = await readFacts({
    'a.py': `import b\nclass A(b.B): pass\n${def('one')}`,
    'b.py': `import a\nfrom c import C\nclass B(C): pass\n`,
    'c.py': 'from a import A\nclass C(A):\n    def predict(self, x): pass\n',
    'd/__init__.py': 'from .e import *\nfrom . import e\n',
    'd/e.py': `from . import x\nfrom .. import y\n${def('two')}`,
  });
  expect(imports['a.py']).toEqual(['b.py']);
  expect(entryPoints.find(({ callable }) => callable === 'A')?.methods).toEqual(['predict']);
});

test('a module that wraps a library of the same name is not mistaken for it', async () => {
  const files = {
    '__init__.py': '',
    'graph.py': `from langgraph.graph import StateGraph\nfrom .nodes import up\n${def('build')}`,
    'nodes.py': def('up'),
    'app/observe/langfuse.py': `from langfuse import Langfuse\n${def('observe')}`,
    'app/observe/other.py': `import langfuse\n${def('other')}`,
    'pkg/__init__.py': '',
    'pkg/main.py': `import numpy\nfrom pkg.facets import x\n${def('main_of')}`,
    'pkg/numpy/__init__.py': '',
    'pkg/facets.py': 'x = 1\n',
  };
  const root = { name: 'root_package', directory: '.' };
  expect(await describeImport('graph.py', files)).toEqual({ module: 'graph', root: '.', package: root });
  expect(await describeImport('app/observe/langfuse.py', files)).toEqual({ module: 'app.observe.langfuse', root: '.' });
  expect(await describeImport('app/observe/other.py', files)).toEqual({ module: 'app.observe.other', root: '.' });
  expect(await describeImport('pkg/main.py', files)).toEqual({ module: 'pkg.main', root: '.' });
});

test('a namespace package of a member keeps its full name', async () => {
  const files = {
    'libs/core/pyproject.toml': '',
    'libs/core/space/cache/base/__init__.py': def('base'),
    'libs/core/space/cache/redis/__init__.py': `import redis\nfrom space.cache.base import base\n${def('cached')}`,
  };
  const root = 'libs/core';
  expect(await describeImport('libs/core/space/cache/base/__init__.py', files)).toEqual({
    module: 'space.cache.base',
    root,
  });
  expect(await describeImport('libs/core/space/cache/redis/__init__.py', files)).toEqual({
    module: 'space.cache.redis',
    root,
  });
});
