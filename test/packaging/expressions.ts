import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chart } from './programs.ts';

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

const dashboards = join(chart, 'files/dashboards');

export function dashboardExpressions(): readonly string[] {
  const texts = readdirSync(dashboards).map((name) => readFileSync(join(dashboards, name), 'utf8'));
  return texts.flatMap((text) =>
    (JSON.parse(text) as Dashboard).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  );
}

export function alertExpressions(): readonly string[] {
  const { groups } = parse(readFileSync(join(chart, 'files/alerts.yaml'), 'utf8')) as Rules;
  return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
}

const notMetrics = /^(sum|max|min|rate|increase|min_over_time|histogram_quantile|vector|by|le|and|or|on|without)$/;

/** Names of the metrics in PromQL expressions, without the suffixes that a histogram adds. */
export function metricNames(expressions: readonly string[]): readonly string[] {
  const names = expressions.flatMap((expression) => {
    const bare = expression
      .replaceAll(/"[^"]*"/g, '')
      .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
      .replaceAll(/\bby \([^)]*\)/g, ' ');
    return (bare.match(/[a-zA-Z_]\w*/g) ?? []).filter((word) => !notMetrics.test(word));
  });
  return [...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')))];
}
