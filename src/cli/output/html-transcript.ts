import { createHash } from 'node:crypto';
import { type Turn } from '../../api/turn.ts';
import { safeText } from '../display/safe-text.ts';
import { callsOf, type RecordedCall } from './transcript.ts';

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; }
article { border-top: 1px solid #8886; padding: 1rem 0; }
.asked { font-weight: 600; white-space: pre-wrap; }
.answer { white-space: pre-wrap; }
.facts, footer { color: #767676; font-size: 0.85rem; }
pre { white-space: pre-wrap; background: #8881; padding: 0.5rem; }
`;

/**
 * One file that opens without a network: no script, nothing loaded from elsewhere, and all text of people, models and
 * tools is text. The policy allows this very style sheet and nothing else.
 */
export function htmlTranscript(title: string, turns: readonly Turn[]): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; form-action 'none'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${turns.map(article).join('\n')}
</body>
</html>
`;
}

function article(turn: Turn): string {
  const { metadata, spec, status } = turn;
  const calls = callsOf(turn);
  const sources = status?.citations ?? [];
  return [
    `<article id="${escaped(metadata.name)}">`,
    `<p class="asked">${escaped(spec.text)}</p>`,
    ...(calls.length === 0 ? [] : [`<ul class="facts">${calls.map(callItem).join('')}</ul>`]),
    ...(status?.reply === undefined ? [] : [`<p class="answer">${escaped(status.reply)}</p>`]),
    ...(sources.length === 0
      ? []
      : [
          `<ul class="facts">${sources.map(({ n, title, url }) => `<li>[${n}] ${link(title, url)}</li>`).join('')}</ul>`,
        ]),
    `<footer>turn ${escaped(metadata.name)}, ${escaped(status?.phase ?? 'Pending')}, ${escaped(metadata.creationTimestamp)}</footer>`,
    '</article>',
  ].join('\n');
}

function callItem({ step, call }: RecordedCall): string {
  const outcome = call.outcome === undefined ? '' : `: ${call.outcome.state}. ${call.outcome.summary}`;
  const title = escaped(`${step.agent}.${call.tool}${outcome}`);
  return `<li><details><summary>${title}</summary><pre>${escaped(call.arguments)}</pre></details></li>`;
}

/** Only addresses of the web become links. */
function link(title: string, url: string): string {
  if (!/^https?:\/\//i.test(url)) return `${escaped(title)} (${escaped(url)})`;
  return `<a rel="noreferrer" href="${escaped(url)}">${escaped(title)}</a>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return safeText(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
