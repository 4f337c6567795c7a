import { readSpecification } from './specification.ts';

const refuse = () => Promise.reject(new Error('a chart loads nothing'));
/** For Vega, which would otherwise read files and addresses. */
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

/**
 * A chart as a file that stands alone; undefined for what could do more than draw its own data. Vega is loaded when the
 * first one is drawn.
 */
export async function svgOf(specification: unknown): Promise<string | undefined> {
  const read = readSpecification(specification);
  if (!read) return undefined;
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const { spec } = vegaLite.compile({ ...read, background: 'white', config } as never, {
    logger: vega.logger(vega.None),
  });
  const view = new vega.View(vega.parse(spec), { loader: loader, renderer: 'none', logLevel: vega.None });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

const font = 'DejaVu Sans';
const config = { font, title: { font, fontSize: 14 }, axis: { labelLimit: 200 }, legend: { labelLimit: 200 } };
