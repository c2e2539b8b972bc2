import { copySource } from '../../src/workspaces/copy-source.js';

// Runs in a separate process, so that its warnings can be read: node copy-in-process.ts SOURCE WORKSPACE
const [source = '', workspace = ''] = process.argv.slice(2);
await copySource({ source, workspace });
