/** @needs python3 uv */
import { expect, test } from '@jest/globals';
import { createEnvironmentWith } from './environment-with.js';
import { serve } from './serve.js';

const click = `import click
@click.command()
@click.option("--model", required=True)
def main(model): pass
main()
`;
const typer = `import typer
def main(name: str): pass
typer.run(main)
`;
const refusing = `import click
@click.command()
def main(): raise click.ClickException("no weights here")
main()
`;

test.each([
  ['click', click, /Usage: app\.py \[OPTIONS\] Missing option '--model'/, ['click']],
  ['an older click', click, /Usage: app\.py \[OPTIONS\] Missing option '--model'/, ['click<8.2']],
  ['typer', typer, /Usage: app\.py \[OPTIONS\] \S+ Missing argument/, ['typer']],
  ['a command that refuses', refusing, /no weights here/, ['click']],
])(
  'an import error names what %s reads from the command line',
  async (_, source, message, packages) => {
    const error = serve(source, 'predict', { environment: createEnvironmentWith(...packages) });
    await expect(error).rejects.toMatchObject({
      code: 'IMPORT_FAILED',
      message: expect.stringMatching(new RegExp(`${message.source}.*; move code that reads the command line below`)),
    });
  },
  60_000,
);
