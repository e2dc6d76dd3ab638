// The keys of the console and what they do, for the help dialog and the preferences.
import type { Key } from './index';

export const KEY_LIST: [string[], Key][] = [
  [['j'], 'keys.next'],
  [['k'], 'keys.previous'],
  [['r'], 'keys.reply'],
  [['x'], 'keys.note'],
  [['e'], 'keys.resolve'],
  [['a'], 'keys.assign'],
  [['p'], 'keys.priority'],
  [['z'], 'keys.snooze'],
  [['n'], 'keys.next_ticket'],
  [['m'], 'keys.macro'],
  [['c'], 'keys.open'],
  [['.'], 'keys.new'],
  [['/'], 'keys.search'],
  [['['], 'keys.views'],
  [[']'], 'keys.context'],
  [['Ctrl', '↵'], 'keys.send'],
  [['g', 'i'], 'keys.go_inbox'],
  [['g', 'k'], 'keys.go_knowledge'],
  [['g', 's'], 'keys.go_settings'],
  [['?'], 'keys.help'],
];
