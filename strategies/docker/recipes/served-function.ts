import { findCalledFile } from '../../../src/adaptation/find-called-file.js';
import { FunctionInterface } from '../../../src/contract/run-interface.js';
import type { Recipe } from '../../../src/registry/recipe.js';
import { parseHttpEntry } from './http-entry.js';
import { describePythonImage } from './python-image.js';

/** Port of Berth's host program in the container. */
const port = 8000;

/** Puts a plain shape into a new image, where Berth's host program serves it over HTTP. */
export const servedFunction = (shape: Recipe): Recipe => ({
  name: shape.name,
  async recognize(input) {
    if (parseHttpEntry(input.entry) !== undefined) return undefined;
    const recognition = await shape.recognize(input);
    if (recognition === undefined) return undefined;
    const serves = FunctionInterface.parse(recognition.runInterface);
    const image = await describePythonImage(input, {
      port,
      healthCheck: ['python', '/opt/berth/berth_host', '--check', String(port)],
      command: ['python', '-u', '/opt/berth/berth_host', '--http', String(port)],
      hasHost: true,
      packages: [],
      entry: findCalledFile(serves, input.facts),
    });
    return {
      summary: `${recognition.summary}; ${image.summary}`,
      runInterface: {
        type: 'http',
        dockerfile: image.dockerfile,
        port,
        predict_path: '/run',
        health_path: '/healthz',
        serves,
      },
      files: { ...recognition.files, ...image.files },
    };
  },
});
