/** @needs python3 */
import { expect, test } from '@jest/globals';
import { getSignature } from '../../../src/adaptation/shapes/index.js';
import { EntryPoint } from '../../../src/contract/facts.js';

const model = {
  file: 'app.py',
  module: 'app',
  root: '.',
  callable: 'Model',
  kind: 'class',
  line: 1,
  docstring: null,
  isAsync: true,
  isGenerator: false,
  parameters: [],
  bases: [],
  constructorParameters: [],
  methods: ['predict', 'watch'],
  signatures: { predict: [], watch: [] },
};

test('a method has its own signature, or in facts of earlier versions that of the default method', () => {
  const watch = { isAsync: true, isGenerator: true };
  const methodKinds = { predict: { isAsync: true, isGenerator: false }, watch };
  expect(getSignature(EntryPoint.parse({ ...model, methodKinds }), 'watch')).toMatchObject(watch);
  const earlier = EntryPoint.parse(model);
  expect(getSignature(earlier, 'predict')).toMatchObject({ isAsync: true, isGenerator: false });
  expect(getSignature(earlier, 'watch')).toMatchObject({ isAsync: false, isGenerator: false });
});
