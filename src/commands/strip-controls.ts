import { stripVTControlCharacters } from 'node:util';

/** Strips terminal control sequences, except for tabs and line breaks, from text of a model or of deployed software. */
export const stripControls = (text: string): string => stripVTControlCharacters(text).replaceAll(/[^\P{Cc}\n\t]/gu, '');
