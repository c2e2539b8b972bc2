import type { CommandFamily } from './command.js';
import { create } from './schedule/create.js';
import { list } from './schedule/list.js';
import { pause } from './schedule/pause.js';
import { remove } from './schedule/remove.js';
import { resume } from './schedule/resume.js';
import { show } from './schedule/show.js';
import { trigger } from './schedule/trigger.js';

export const schedule: CommandFamily = {
  name: 'schedule',
  summary: 'redeploy on a schedule',
  commands: [create, list, show, pause, resume, trigger, remove],
};
