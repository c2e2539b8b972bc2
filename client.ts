#!/usr/bin/env -S node --
// The `--` keeps Node 20 from taking our `--env-file` for its own: it looks for it behind the script's name, too.
import { runCommandLine } from './src/commands/run-command-line.js';

process.exit(await runCommandLine(process.argv.slice(2)));
