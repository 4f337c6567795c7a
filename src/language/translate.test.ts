import { expect, test } from 'vitest';
import { fold } from './text.ts';
import { inEnglish } from './translate.ts';

const requests: Record<string, string> = {
  'Warum ist ② gestern gescheitert?': 'why is ② yesterday failed?',
  'Zeig mir bitte alle Experimente': 'show me please all experiments',
  'Arrête ②, puis relance-le': 'stop ②, then retry it',
  'Quels buckets existent ?': 'which buckets exist ?',
  'Borra ⑥, por favor.': 'delete ⑥, please.',
  'Γιατί απέτυχε το ②;': 'why failed the ②;',
  'Crea el experimento Otoño-24': 'create the experiment Otoño-24',
  'Shedule the pipelin': 'schedule the pipeline',
  'Why has run ② faild yesteday': 'Why has run ② failed yesterday',
  'Compaer ② with ②': 'compare ② with ②',
  'what was deleted, and which run restarted': 'what was deleted, and which run restarted',
  "Write 'All OK' to path/startt=faild": "Write 'All OK' to path/startt=faild",
  'del ⑥': 'del ⑥',
  'run ① in ⑨': 'run ① in ⑨',
};
test.each(Object.entries(requests))('"%s" is read as "%s"', (text, english) => {
  expect(inEnglish({ text, masked: fold(text) })).toBe(english);
});
