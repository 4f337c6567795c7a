/** What drawing needs beside the program: where they lie is for whoever packages it to say. */
export interface DrawingAssets {
  /** index_bg.wasm of @resvg/resvg-wasm. */
  wasm(): Promise<Uint8Array>;
  /** DejaVu Sans, regular and bold. */
  fonts(): Promise<readonly Uint8Array[]>;
}

let started: ReturnType<typeof start> | undefined;

/** A chart as a picture, twice as many pixels as the SVG has units. Fonts of the system and addresses are out of its reach. */
export async function pngOf(svg: string, assets: DrawingAssets): Promise<Uint8Array> {
  started ??= start(assets);
  const { Resvg } = await started;
  const font = {
    fontBuffers: [...(await assets.fonts())],
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  };
  const drawing = new Resvg(svg, { font, fitTo: { mode: 'zoom', value: 2 }, background: 'white' });
  try {
    const image = drawing.render();
    const png = image.asPng();
    image.free();
    return png;
  } finally {
    drawing.free();
  }
}

/** The module may be started once only. */
async function start(assets: DrawingAssets) {
  const resvg = await import('@resvg/resvg-wasm');
  await resvg.initWasm(await assets.wasm());
  return resvg;
}
