#!/usr/bin/env -S node --
// The `--` keeps Node 20 from taking our `--env-file` as its own option, which it also reads after the script's name.
import { runCommandLine } from './src/commands/run-command-line.js';

process.exit(await runCommandLine(process.argv.slice(2)));
